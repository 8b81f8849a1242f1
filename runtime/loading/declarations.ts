import type { AnyArtifactDefinition } from '../artifact.ts'
import { spanOf } from '../compiler.ts'
import type { Report } from '../diagnostic.ts'
import type { Language } from '../language.ts'
import { qualified } from '../definitions.ts'
import type { Declaration } from './artifact-names.ts'
import { SYNAPSE } from '../mediator.ts'
import { ELEMENT, TEXT, type XmlDocument, type XmlElement } from '../xml/tree.ts'

/** Elements beside artifacts that say which Java class does something; the bus has its own. */
const NOTED = new Set(['registry', 'taskManager', 'description'])

export interface Declared {
  readonly declarations: Declaration[]
  /** The parameter `root` of `<registry>` elements (URL registry of Apache Synapse). */
  readonly roots: string[]
}

/**
 * Finds the artifacts of a document: the children of `<definitions>`, or its root. Reports what is neither.
 * COMPAT root-without-namespace: a file of one artifact may leave the namespace of its root out, as Synapse goes by the folder.
 */
export function declarationsOf(document: XmlDocument, language: Language, report: Report): Declared {
  const { root } = document
  const found: Declared = { declarations: [], roots: [] }
  if (root.name === 'definitions' && root.namespace === SYNAPSE) {
    for (const node of root.children) if (node.type === ELEMENT) declare(node, language, report, found)
    reportText(root, report)
  } else declare(root, language, report, found, root.namespace || SYNAPSE)
  return found
}

function declare(
  element: XmlElement,
  language: Language,
  report: Report,
  found: Declared,
  namespace = element.namespace,
): void {
  const definition = language.artifacts.get(qualified(namespace, element.name))
  if (definition !== undefined) {
    const declaration = named(definition, element, report)
    if (declaration !== undefined) found.declarations.push(declaration)
  } else if (element.namespace === SYNAPSE && NOTED.has(element.name)) {
    if (element.name === 'registry') found.roots.push(...rootsOf(element))
  } else reportUnknown(element, language, report)
}

function named(definition: AnyArtifactDefinition, element: XmlElement, report: Report): Declaration | undefined {
  const { nameAttribute } = definition
  const attribute = element.attributes.find(({ name, namespace }) => name === nameAttribute && namespace === '')
  const at = attribute?.valueAt ?? spanOf(element)
  const name = attribute?.value.trim() ?? ''
  const kind = definition.kindOf?.(element) ?? definition.kind
  if (attribute === undefined) {
    report('attribute-missing', at, `<${element.name}> needs the attribute "${nameAttribute}"`)
    return undefined
  }
  if (name === '' || /(?:^|[\\/])\.\.(?:[\\/]|$)|[\u0000-\u001F\u007F]/.test(name)) {
    report('attribute-invalid', at, `${nameAttribute}="${attribute.value}": not usable as a name`)
    return undefined
  }
  return { definition, kind, name, element, at }
}

function reportUnknown(element: XmlElement, language: Language, report: Report): void {
  const { name, namespace } = element
  const at = spanOf(element)
  const pending = namespace === SYNAPSE ? language.pending.get(name) : undefined
  if (pending !== undefined) report('element-unsupported', at, `<${name}> is not supported yet: ${pending}`)
  else if (language.mediators.has(qualified(namespace, name))) {
    report('element-unknown', at, `<${name}> is a mediator; it has to stand inside a <sequence>`)
  } else if (namespace !== SYNAPSE) {
    const where = namespace === '' ? 'in no namespace' : `in the namespace "${namespace}"`
    report('element-unknown', at, `there is no artifact <${name}> ${where}; Synapse elements need xmlns="${SYNAPSE}"`)
  } else report('element-unknown', at, `there is no artifact <${name}>${language.suggestArtifact(name)}`)
}

function rootsOf(registry: XmlElement): string[] {
  return registry.children.flatMap((node) => {
    if (node.type !== ELEMENT || !node.attributes.some(({ name, value }) => name === 'name' && value === 'root'))
      return []
    const root = textOf(node).trim()
    return root === '' ? [] : [root.endsWith('/') ? root : `${root}/`]
  })
}

const textOf = (element: XmlElement): string =>
  element.children.map((node) => (node.type === TEXT ? node.value : '')).join('')

function reportText(root: XmlElement, report: Report): void {
  const text = textOf(root).trim()
  if (text !== '')
    report('text-invalid', spanOf(root), `<definitions> holds no text, but "${text.slice(0, 40)}" stands in it`)
}
