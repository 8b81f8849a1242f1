import type { Endpoint } from 'viaduct'
import { DefinedEndpoint } from '../defined-endpoint.ts'

/** Chooses among members; keeps its place between messages. */
export interface Algorithm {
  /** The next member for which `usable` holds. */
  next(usable: (member: Endpoint) => boolean): Endpoint | undefined
}

/** Each in turn; members that cannot be used are skipped. */
export class RoundRobin implements Algorithm {
  readonly #members: readonly Endpoint[]
  readonly #place: { index: number }

  constructor(members: readonly Endpoint[], place: { index: number }) {
    this.#members = members
    this.#place = place
  }

  next(usable: (member: Endpoint) => boolean): Endpoint | undefined {
    const count = this.#members.length
    for (let tried = 0; tried < count; tried++) {
      const member = this.#members[this.#place.index % count]
      this.#place.index = (this.#place.index + 1) % count
      if (member !== undefined && usable(member)) return member
    }
    return undefined
  }
}

/** As many messages in a row to each member as its weight says (property `loadbalance.weight`, 1 unless given). */
export class WeightedRoundRobin implements Algorithm {
  readonly #members: readonly Endpoint[]
  readonly #weights: readonly number[]
  readonly #place: { index: number; sent: number }

  constructor(members: readonly Endpoint[], place: { index: number; sent: number }) {
    this.#members = members
    this.#weights = members.map(weightOf)
    this.#place = place
  }

  next(usable: (member: Endpoint) => boolean): Endpoint | undefined {
    const place = this.#place
    const count = this.#members.length
    for (let tried = 0; tried <= count; tried++) {
      const at = place.index % count
      const member = this.#members[at]
      if (member !== undefined && place.sent < (this.#weights[at] ?? 1) && usable(member)) {
        place.sent++
        return member
      }
      place.index = (at + 1) % count
      place.sent = 0
    }
    return undefined
  }
}

/** Weight of a member; undefined text or a wrong number count as 1 (which `check` reports). */
export function weightOf(member: Endpoint): number {
  const text = member instanceof DefinedEndpoint ? member.properties.literal('loadbalance.weight') : undefined
  const weight = Number(text ?? 1)
  return Number.isSafeInteger(weight) && weight > 0 ? weight : 1
}
