import type { MessageContext } from 'viaduct'

/** A login that serves many questions. Whoever asks while it is being made waits for the same one. */
export class Session {
  readonly #login: (ctx: MessageContext) => Promise<string>
  readonly #reuse: boolean
  #token: Promise<string> | undefined

  constructor(login: (ctx: MessageContext) => Promise<string>, reuse: boolean) {
    this.#login = login
    this.#reuse = reuse
  }

  /** Works within the session. When `stale` says that it has ended, logs in and works once more. */
  async use<T>(
    ctx: MessageContext,
    work: (token: string) => Promise<T>,
    stale: (thrown: unknown) => boolean,
  ): Promise<T> {
    const opened = this.#open(ctx)
    try {
      return await work(await opened)
    } catch (thrown) {
      if (!stale(thrown)) throw thrown
      this.#forget(opened)
      return await work(await this.#open(ctx))
    }
  }

  #open(ctx: MessageContext): Promise<string> {
    if (!this.#reuse) return this.#login(ctx)
    const token = (this.#token ??= this.#login(ctx))
    token.catch(() => this.#forget(token))
    return token
  }

  /** Others may have opened a new one already. */
  #forget(token: Promise<string>): void {
    if (this.#token === token) this.#token = undefined
  }
}
