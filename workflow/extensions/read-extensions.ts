import {
  assignProperty,
  type Config,
  decodeXml,
  type Linker,
  type ModuleExport,
  parseConfiguration,
  type PartDefinition,
  type Resource,
  type Site,
  spanOf,
  type XmlDocument,
  XmlError,
} from 'viaduct'
import { BUILT_IN, type ExecutorClass } from '../executors/built-in.ts'
import { WorkflowExecutor } from '../executors/workflow-executor.ts'
import type { Executors } from '../workflow-engine.ts'
import { extensionsFile } from './extensions-file.ts'
import { WORKFLOW_TYPES } from '../workflow-types.ts'
import { type ExtensionShape, extensionsShape, NAMESPACES } from './extensions-shape.ts'

/** The executors of a home by type; undefined when it has no `workflow-extensions.xml`. Mistakes are reported where they are. */
export function readExtensions(linker: Linker): Executors | undefined {
  const resource = extensionsFile(linker)
  if (resource === undefined) return undefined
  const root = parse(resource, linker)?.root
  if (root === undefined) return new Map()
  if (root.name !== 'WorkFlowExtensions' || !NAMESPACES.includes(root.namespace)) {
    linker.report('element-unknown', spanOf(root), `<${root.name}>: expected <WorkFlowExtensions>`)
    return new Map()
  }
  return linker.compile(definition(root.namespace), root, 'workflow-extensions') ?? new Map()
}

type ExtensionConfig = NonNullable<Config<{}, { readonly extension: ExtensionShape }>['extension']>
type ExtensionsConfig = Readonly<Record<string, ExtensionConfig | undefined>>

const definition = (namespace: string): PartDefinition<Executors> => ({
  name: 'WorkFlowExtensions',
  namespace,
  summary: 'Which executor runs which type of workflow.',
  attributes: {},
  children: extensionsShape,
  content: 'empty',
  compile: (config: ExtensionsConfig, site: Site): Executors =>
    new Map(
      WORKFLOW_TYPES.flatMap(({ element, type }) => {
        const extension = config[element]
        const make = extension && compileExecutor(extension, type, site)
        return make === undefined ? [] : [[type, make] as const]
      }),
    ),
})

function compileExecutor(config: ExtensionConfig, type: string, site: Site): (() => WorkflowExecutor) | undefined {
  const create = classOf(config, site)
  if (create === undefined) return undefined
  const properties = config.property.map(({ name, text, node }) => {
    const at = spanOf(node)
    return { name, at, value: site.linker.parameter(text, at) }
  })
  const make = (failed: (message: string, at: (typeof properties)[number]['at']) => void): WorkflowExecutor => {
    const executor = new create()
    executor.serves(type)
    for (const { name, value, at } of properties) {
      try {
        assignProperty(executor, name, value)
      } catch (failure) {
        failed(`${name}: ${reasonOf(failure)}`, at)
      }
    }
    return executor
  }
  try {
    const executor = make((message, at) => site.fail('module-failed', message, at))
    if (executor.serves(type)) return () => make(() => {})
    const wrong = executor.getWorkflowType()
    site.fail(
      'constraint-violated',
      `${config.executor} is for ${wrong}, and <${config.node.name}> for ${type}`,
      spanOf(config.node),
    )
  } catch (failure) {
    site.fail('module-failed', `${config.executor}: ${reasonOf(failure)}`, spanOf(config.node))
  }
  return undefined
}

/** A module of the home before a built-in of that name (contract, section 5). */
function classOf({ executor, node }: ExtensionConfig, site: Site): ExecutorClass | undefined {
  const at = node.attributes.find(({ name }) => name === 'executor')?.valueAt ?? spanOf(node)
  const found = site.linker.module(executor, at, new Set(BUILT_IN.keys()))
  if (found === undefined) return BUILT_IN.get(executor.slice(executor.lastIndexOf('.') + 1))
  if (isExecutor(found)) return found.create
  site.fail('module-failed', `${executor} (${found.exportName}) is no class that extends WorkflowExecutor`, at)
  return undefined
}

const isExecutor = (found: ModuleExport): found is ModuleExport & { kind: 'extension'; create: ExecutorClass } =>
  found.kind === 'extension' && found.extension === WorkflowExecutor.extension

function parse({ file, bytes }: Resource, linker: Linker): XmlDocument | undefined {
  try {
    return parseConfiguration(decodeXml(bytes), file)
  } catch (failure) {
    if (!(failure instanceof XmlError)) throw failure
    const { line, column, reason } = failure
    linker.report('xml-malformed', { file, line, column, endLine: line, endColumn: column + 1 }, reason)
    return undefined
  }
}

const reasonOf = (failure: unknown): string => (failure instanceof Error ? failure.message : 'it threw no error')
