import { type AccountStore, callerNetwork, type Workflow, type Workflows } from 'viaduct'
import type { RateLimit } from './rate-limit.ts'
import { type Objections, objectionsTo, type Registration } from './registration.ts'

export const SIGN_UP = 'AM_USER_SIGNUP'

/** What came of a sign-up. A name that is taken is `accepted` like any other. */
export type SignedUp =
  | { readonly kind: 'accepted'; readonly workflow: Workflow }
  | { readonly kind: 'objected'; readonly objections: Objections }
  | { readonly kind: 'limited' }

/**
 * Takes sign-ups. The account exists, pending, only together with its workflow. Whether a name is free is told to nobody: one
 * that is taken leads to the same answer after the same work, and to a workflow that can only end in a letter.
 */
export class SignUpDesk {
  readonly #accounts: AccountStore
  readonly #workflows: Workflows
  readonly #limit: RateLimit

  constructor(accounts: AccountStore, workflows: Workflows, limit: RateLimit) {
    this.#accounts = accounts
    this.#workflows = workflows
    this.#limit = limit
  }

  async signUp(registration: Registration, from: string, locale: string): Promise<SignedUp> {
    const objections = objectionsTo(registration)
    if (objections.size > 0) return { kind: 'objected', objections }
    if (!this.#limit.take(callerNetwork(from))) return { kind: 'limited' }
    const { userName, password, email, givenName, lastName } = registration
    const claims = new Map(Object.entries({ email, givenName, lastName }).filter(([, value]) => value !== ''))
    const taken = (await this.#accounts.get(userName)) !== undefined
    const enrol = await this.#accounts.prepare({ name: userName, password, state: 'pending', roles: [], claims })
    const submit = (conflict: boolean): Promise<Workflow> =>
      this.#workflows.submit({
        type: SIGN_UP,
        subject: userName,
        actor: userName,
        payload: new Map([...claims, ['locale', locale], ...(conflict ? [['taken', 'true'] as const] : [])]),
        together: async (queries, reference) => {
          if (!conflict && !(await enrol(queries, reference))) throw new NameTaken()
        },
      })
    try {
      return { kind: 'accepted', workflow: await submit(taken) }
    } catch (failure) {
      // Somebody else took the name in between.
      if (!(failure instanceof NameTaken)) throw failure
      return { kind: 'accepted', workflow: await submit(true) }
    }
  }

  /** Where a request stands, for who knows its reference. */
  async status(reference: string): Promise<Workflow['status'] | undefined> {
    const workflow = await this.#workflows.get(reference)
    return workflow?.type === SIGN_UP ? workflow.status : undefined
  }
}

class NameTaken extends Error {}
