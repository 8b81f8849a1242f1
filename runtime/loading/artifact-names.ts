import type { AnyArtifactDefinition } from '../artifact.ts'
import { didYouMean, type Report, type Span } from '../diagnostic.ts'
import type { XmlElement } from '../xml/tree.ts'
import { isReferable, KIND_WORDS, type ReferableKind } from './references.ts'

/** A top-level element that has a name. */
export interface Declaration {
  readonly definition: AnyArtifactDefinition
  readonly kind: string
  readonly name: string
  readonly element: XmlElement
  /** Where the name is written. */
  readonly at: Span
}

/** What the artifacts of one configuration are called. Those that others can refer to share one space of names. */
export class ArtifactNames {
  readonly #declared = new Map<string, Declaration>()

  /** Takes the name; false when another artifact has it already, which is reported. */
  declare(declaration: Declaration, report: Report): boolean {
    const { kind, name, at } = declaration
    const key = spaceOf(kind, name)
    const other = this.#declared.get(key)
    if (other === undefined) {
      this.#declared.set(key, declaration)
      return true
    }
    const { file, line, column } = other.at
    report(
      'name-duplicate',
      at,
      `the name "${name}" of this ${wordOf(kind)} is taken by the ${wordOf(other.kind)} at ${file}:${line}:${column}`,
    )
    return false
  }

  /** The artifact that has the name, of whatever kind. */
  get(kind: string, name: string): Declaration | undefined {
    return this.#declared.get(spaceOf(kind, name))
  }

  /** Why a reference leads nowhere, with what may have been meant. */
  unresolved(kind: ReferableKind, name: string): string {
    const other = this.get(kind, name)
    const known = [...this.#declared.values()].filter((each) => each.kind === kind).map((each) => each.name)
    const guess = other === undefined ? didYouMean(name, known) : `; "${name}" is a ${wordOf(other.kind)}`
    return `there is no ${KIND_WORDS[kind]} "${name}"${guess}`
  }
}

const spaceOf = (kind: string, name: string): string => (isReferable(kind) ? ` ${name}` : `${kind} ${name}`)

const wordOf = (kind: string): string => (isReferable(kind) ? KIND_WORDS[kind] : kind)
