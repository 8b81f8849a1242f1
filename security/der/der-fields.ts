import { DerError } from './der-error.ts'
import type { DerClass, DerValue } from './der-value.ts'

/** Walks the members of a SEQUENCE in order, optional ones included. */
export class DerFields {
  readonly #members: readonly DerValue[]
  #at = 0

  constructor(members: readonly DerValue[]) {
    this.#members = members
  }

  /** The next member, whatever it is. Throws {@link DerError} when there is none. */
  next(): DerValue {
    const member = this.#members[this.#at++]
    if (member === undefined) throw new DerError('a sequence is too short')
    return member
  }

  /** The next member if it has this tag. */
  optional(tag: number, kind: DerClass = 'universal'): DerValue | undefined {
    const member = this.#members[this.#at]
    if (member === undefined || !member.is(tag, kind)) return undefined
    this.#at++
    return member
  }

  /** What is inside the next member if that is explicitly tagged `[tag]`. */
  tagged(tag: number): DerValue | undefined {
    return this.optional(tag, 'context')?.explicit(tag)
  }

  /** Likewise, and an error when it is not there. */
  required(tag: number): DerValue {
    const value = this.tagged(tag)
    if (value === undefined) throw new DerError(`the field [${tag}] is missing`)
    return value
  }

  get rest(): readonly DerValue[] {
    return this.#members.slice(this.#at)
  }
}
