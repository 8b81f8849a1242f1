import { type BusServices, LEASE, leased, type Mail, MailFailure, Rounds } from 'viaduct'
import { type Carrier, openCarrier } from './carrier.ts'
import type { ClaimedLetter, Outbox } from './outbox.ts'

const LONGEST_PAUSE = 3_600_000
/** How long letters that were sent can be looked up, milliseconds. */
const KEPT = 30 * 24 * 3_600_000
const FORGET = 3_600_000

/** Delivers what is in the outbox, as long as a deployment is there. */
export class PostOffice {
  readonly #outbox: Outbox
  readonly #services: BusServices
  #carrier: Promise<Carrier> | undefined
  readonly #rounds: Rounds
  #forgotten = 0

  constructor(outbox: Outbox, services: BusServices) {
    this.#outbox = outbox
    this.#services = services
    this.#rounds = new Rounds({
      round: (closed) => this.#round(closed),
      failed: (reason) => services.log.log('ERROR', 'mail', `the outbox cannot be read: ${reason}`),
    })
  }

  /** A deployment that may queue letters begins. */
  use(): void {
    this.#rounds.use(!this.#outbox.used)
  }

  /** A deployment ends; with the last one, deliveries under way are finished and nothing new is begun. */
  async release(): Promise<void> {
    await this.#rounds.release()
    if (this.#rounds.used) return
    const carrier = await this.#carrier?.catch(() => undefined)
    this.#carrier = undefined
    await carrier?.[Symbol.asyncDispose]()
  }

  /** Something is in the outbox. */
  notice(): void {
    this.#rounds.notice()
  }

  async carry(mail: Mail, messageId: string): Promise<void> {
    this.#carrier ??= openCarrier(this.#services.settings.mail, this.#services.home)
    const carrier = await this.#carrier
    await carrier.carry(mail, messageId)
  }

  /** Delivers what is due, several at once; gives the time until there may be more. */
  async #round(closed: AbortSignal): Promise<number | undefined> {
    const { connections } = this.#services.settings.mail
    await this.#outbox.open()
    await this.#forget()
    const claimed = await this.#outbox.claim(connections, LEASE)
    await leased(
      () => this.#outbox.renew(claimed, LEASE),
      () => Promise.all(claimed.map((letter) => this.#deliver(letter))),
    )
    if (claimed.length > 0 || closed.aborted) return 0
    const due = await this.#outbox.nextDue()
    return due === undefined ? undefined : due - this.#services.platform.now()
  }

  /** Once an hour is enough. */
  async #forget(): Promise<void> {
    const now = this.#services.platform.now()
    if (now < this.#forgotten + FORGET) return
    this.#forgotten = now
    await this.#outbox.forget(now - KEPT)
  }

  async #deliver(letter: ClaimedLetter): Promise<void> {
    const { attempts, retry } = this.#services.settings.mail
    try {
      await this.carry(letter.mail, letter.messageId)
      await this.#outbox.sent(letter)
    } catch (failure) {
      if (!(failure instanceof MailFailure)) throw failure
      const last = failure.final || letter.attempts >= attempts
      const pause =
        Math.min(retry * 2 ** (letter.attempts - 1), LONGEST_PAUSE) * (0.9 + this.#services.platform.random() / 5)
      const outcome = last ? 'given up' : `tried again in ${Math.ceil(pause / 1000)} s`
      this.#services.log.log(
        last ? 'ERROR' : 'WARN',
        'mail',
        `the letter ${letter.id} is ${outcome} after ${letter.attempts} attempts: ${failure.message}`,
      )
      await (last ? this.#outbox.failed(letter, failure.message) : this.#outbox.later(letter, failure.message, pause))
    }
  }
}
