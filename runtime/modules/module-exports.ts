import { basename, extname } from 'node:path'
import type { AnyMediatorDefinition } from '../artifact.ts'
import type { Mediator } from '../mediator.ts'

/** A class as WSO2 users know it: setters or fields for the properties, `mediate` for the message. */
export type MediatorClass = new () => MediatorObject

export interface MediatorObject {
  mediate(context: unknown): unknown
  init?(): unknown
  destroy?(): unknown
}

type Exported =
  | { readonly kind: 'definition'; readonly definition: AnyMediatorDefinition }
  | { readonly kind: 'class'; readonly create: MediatorClass }
  | { readonly kind: 'function'; readonly mediate: Mediator }
  /** A class that extends one of the bus: `extension` says which kind. */
  | { readonly kind: 'extension'; readonly extension: string; readonly create: new () => object }

/** Something usable that a drop-in module exports. */
export type ModuleExport = Exported & {
  /** Under what a configuration may name it: file name, export name, element name, aliases (Java class names). */
  readonly names: readonly string[]
  readonly exportName: string
  readonly file: string
  /** Where the version that is loaded can be imported from. */
  readonly url: string
  /** `worker`: runs on a thread of its own and is terminated at its deadline. */
  readonly isolation: 'none' | 'worker'
  /** Milliseconds one message may take. */
  readonly timeout: number
}

const DEFAULT_TIMEOUT = 30_000
const WORKER_TIMEOUT = 5_000

/** What a module offers, or why it is refused. Reads own properties of the namespace only; getters of modules are not trusted. */
export function readExports(
  namespace: object,
  file: string,
  url: string,
): { readonly exports: ModuleExport[]; readonly refused?: string } {
  const values = new Map(Object.entries(namespace))
  const exports: ModuleExport[] = []
  for (const [exportName, value] of values) {
    const exported = recognise(value)
    if (exported === undefined) continue
    const own = value as { isolation?: unknown; timeout?: unknown; alias?: unknown }
    const isolation = (own.isolation ?? values.get('isolation')) === 'worker' ? 'worker' : 'none'
    const timeout = Number(
      own.timeout ?? values.get('timeout') ?? (isolation === 'worker' ? WORKER_TIMEOUT : DEFAULT_TIMEOUT),
    )
    if (!(timeout > 0 && timeout <= 3_600_000))
      return { exports: [], refused: `timeout must be between 1 and 3600000 milliseconds` }
    exports.push({
      ...exported,
      names: namesOf(exportName, exported, own.alias ?? values.get('alias'), file),
      exportName,
      file,
      url,
      isolation,
      timeout,
    })
  }
  if (exports.length > 0) return { exports }
  return {
    exports,
    refused:
      'it exports no mediator: neither defineMediator(…), nor a class with mediate() or one that extends a class of the bus, nor a function as default export',
  }
}

function recognise(value: unknown): Exported | undefined {
  if (typeof value === 'object' && value !== null && 'compile' in value && 'name' in value && 'attributes' in value) {
    return { kind: 'definition', definition: value as AnyMediatorDefinition }
  }
  if (typeof value !== 'function') return undefined
  const extension: unknown = Reflect.get(value, 'extension')
  if (typeof extension === 'string') return { kind: 'extension', extension, create: value as new () => object }
  const { prototype } = value as { prototype?: { mediate?: unknown } }
  if (typeof prototype?.mediate === 'function') return { kind: 'class', create: value as MediatorClass }
  const isClass = /^class\b/.test(Function.prototype.toString.call(value))
  return isClass ? undefined : { kind: 'function', mediate: value as Mediator }
}

function namesOf(exportName: string, exported: Exported, alias: unknown, file: string): string[] {
  const names = new Set<string>()
  if (exportName === 'default') names.add(basename(file, extname(file)))
  else names.add(exportName)
  if (exported.kind === 'definition') names.add(exported.definition.name)
  if ((exported.kind === 'class' || exported.kind === 'extension') && exported.create.name !== '')
    names.add(exported.create.name)
  for (const name of Array.isArray(alias) ? alias : [alias]) if (typeof name === 'string') names.add(name)
  return [...names]
}
