import type { MessageContext } from '../context.ts'
import type { Span } from '../diagnostic.ts'
import type { DynamicValue } from '../expression/path.ts'
import { Fault, type FaultCode } from '../fault.ts'
import type { ArtifactMap, Reference } from '../linker.ts'

/** The kinds of artifact that others name. They share one space of names (language reference 3.1). */
export type ReferableKind = keyof ArtifactMap

export const REFERABLE: readonly ReferableKind[] = [
  'localEntry',
  'endpoint',
  'endpointTemplate',
  'sequence',
  'template',
]

export const isReferable = (kind: string): kind is ReferableKind => (REFERABLE as readonly string[]).includes(kind)

/** What to call a kind in a message. */
export const KIND_WORDS: Readonly<Record<ReferableKind, string>> = {
  localEntry: 'local entry',
  endpoint: 'endpoint',
  endpointTemplate: 'endpoint template',
  sequence: 'sequence',
  template: 'template',
}

/** A reference whose name is written in the configuration; bound before the deployment starts. */
export class StaticReference<A> implements Reference<A> {
  readonly dynamic = false
  readonly text: string
  readonly #kind: ReferableKind
  #artifact: A | undefined

  constructor(kind: ReferableKind, text: string) {
    this.#kind = kind
    this.text = text
  }

  bind(artifact: A): void {
    this.#artifact = artifact
  }

  get(): A {
    if (this.#artifact === undefined) throw missing(this.#kind, this.text)
    return this.#artifact
  }
}

/** A static reference that waits to be bound, and where it is written. */
export interface Link {
  readonly kind: ReferableKind
  readonly reference: StaticReference<unknown>
  readonly at: Span
}

/** A reference whose name is computed for every message. */
export class DynamicReference<A> implements Reference<A> {
  readonly dynamic = true
  readonly text: string
  readonly #value: DynamicValue
  readonly #lookup: (name: string) => A

  constructor(value: DynamicValue, lookup: (name: string) => A) {
    this.text = value.text
    this.#value = value
    this.#lookup = lookup
  }

  get(ctx: MessageContext): A {
    return this.#lookup(this.#value.string(ctx))
  }
}

/** The fault for a name that leads nowhere while a message is under way. */
export function missing(kind: ReferableKind, name: string, cause?: unknown): Fault {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name
  return new Fault(
    FAULT_CODES[kind],
    `there is no ${KIND_WORDS[kind]} "${shown}"`,
    cause === undefined ? {} : { cause },
  )
}

const FAULT_CODES: Readonly<Record<ReferableKind, FaultCode>> = {
  localEntry: 0,
  endpoint: 305100,
  endpointTemplate: 305100,
  sequence: 'sequence-not-found',
  template: 'sequence-not-found',
}
