import { randomBytes } from 'node:crypto'
import {
  bodyChild,
  bodyOf,
  type Exchange,
  type Flow,
  type Mediator,
  type MessageContext,
  type Seal,
  type ServiceSecurity,
  type UserStore,
  type XmlElement,
} from 'viaduct'
import { NO_SECRETS } from '../key-material.ts'
import { protect } from '../protect.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { ReplayStore } from '../verify-plan.ts'
import { verify } from '../verify.ts'
import { type Accepted, acceptFirst, answerState, attachmentsOf } from './accepted.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { FailedChecks } from './failed-checks.ts'
import { exposeResults } from './flow-properties.ts'
import { markBinary } from './binary-marks.ts'
import { callerOf } from './proved-identity.ts'
import { securityFault } from './security-answer.ts'
import type { TrustEndpoint } from './trust-endpoint.ts'

/** What the security of a service is made of. */
export interface ServiceParts {
  readonly service: string
  /** By operation; undefined: all others. */
  readonly policies: ReadonlyMap<string | undefined, CompiledPolicy>
  readonly operationOf: (action: string) => string | undefined
  readonly allowRoles: readonly string[] | undefined
  readonly users: UserStore | undefined
  readonly replays: ReplayStore
  readonly failures: FailedChecks
  /** Where security contexts are made, when a policy asks for one. */
  readonly trust: TrustEndpoint | undefined
  readonly published: readonly XmlElement[]
  readonly binaryElements: ReadonlySet<string>
}

/** What an answer is secured with. */
interface Answering {
  readonly policy: CompiledPolicy
  readonly accepted: Accepted
}

/** Verifies the requests of a proxy before its flow sees them, and secures what it answers. */
export class SecuredService implements ServiceSecurity {
  readonly published: readonly XmlElement[]
  readonly #parts: ServiceParts
  readonly #answering = new WeakMap<Exchange, Answering>()

  constructor(parts: ServiceParts) {
    this.#parts = parts
    this.published = parts.published
  }

  guard(flow: Mediator): Mediator {
    return (ctx) => {
      try {
        this.#parts.failures.admit(ctx.exchange.arrival.remoteAddress)
        const accepting = after(ctx.build(), () => this.#receive(ctx))
        if (!(accepting instanceof Promise)) return accepting === 'answered' ? 'stop' : flow(ctx)
        return accepting.then(
          (outcome) => (outcome === 'answered' ? 'stop' : flow(ctx)),
          (thrown: unknown) => this.#refuse(ctx, thrown),
        )
      } catch (thrown) {
        return this.#refuse(ctx, thrown)
      }
    }
  }

  seal(ctx: MessageContext): Seal | undefined {
    const answering = this.#answering.get(ctx.exchange)
    if (answering === undefined) return undefined
    const { policy, accepted } = answering
    const protection = policy.protections[accepted.alternative] ?? policy.protections[0]
    if (protection === undefined) return undefined
    const { plan } = protection
    const optimize =
      policy.outbound[accepted.alternative]?.mtom === true || plan.optimize.length > 0 ? 'mtom' : undefined
    if (plan.steps.length === 0 && optimize === undefined) return undefined
    return {
      optimize,
      apply: (envelope) => {
        try {
          const state = answerState(accepted, ctx.services.platform.now(), randomBytes)
          const attachments = [...ctx.message.attachments.values()]
          return attachmentsOf(protect(envelope, plan, { ...state, attachments }))
        } catch (thrown) {
          throw securityFault(thrown, ctx.services)
        }
      },
    }
  }

  /** The flow never sees what is not accepted, and neither does its fault handler. */
  #refuse(ctx: MessageContext, thrown: unknown): Flow {
    this.#parts.failures.count(ctx.exchange.arrival.remoteAddress, thrown)
    ctx.exchange.reject(securityFault(thrown, ctx.services))
    return 'stop'
  }

  #receive(ctx: MessageContext): 'accepted' | 'answered' | Promise<'accepted' | 'answered'> {
    const { trust } = this.#parts
    const question = trust?.questionIn(ctx)
    const operation = this.#operationOf(ctx)
    const policy = question?.policy ?? this.#policyFor(operation)
    return after(this.#verify(ctx, policy), (accepted) => {
      if (question !== undefined && trust !== undefined) {
        this.#answering.set(ctx.exchange, { policy, accepted })
        return trust.answer(ctx, question, accepted).then(() => 'answered' as const)
      }
      this.#sameOperation(ctx, operation)
      this.#answering.set(ctx.exchange, { policy, accepted })
      return 'accepted' as const
    })
  }

  #policyFor(operation: string | undefined): CompiledPolicy {
    const { policies } = this.#parts
    const policy = policies.get(operation) ?? policies.get(undefined)
    if (policy !== undefined) return policy
    throw new SecurityFailure('malformed', 'the request is for no operation that has a policy')
  }

  #verify(ctx: MessageContext, policy: CompiledPolicy): Accepted | Promise<Accepted> {
    const { message } = ctx
    if (message.empty || message.isJson) throw new SecurityFailure('header-missing', 'the request is no SOAP message')
    const { receiver, checks, inbound, passwords } = policy
    const tree = message.editTree()
    if (receiver === undefined) return { results: unsecured(tree), alternative: 0, main: undefined }
    const results = verify(tree, receiver, {
      now: ctx.services.platform.now(),
      replays: this.#parts.replays,
      users: passwords.users === undefined ? undefined : from(passwords.users, ctx.exchange.arrival.remoteAddress),
      secrets: NO_SECRETS,
      attachments: [...message.attachments.values()],
    })
    const { arrival } = ctx.exchange
    const facts = {
      secure: arrival.transport === 'https',
      clientCertificate: arrival.peerCertificate() !== undefined,
    }
    return after(results, (proved) => {
      const accepted = acceptFirst(proved, checks, facts)
      const { mtom = false, roles } = inbound[accepted.alternative] ?? {}
      if (mtom && message.mediaType !== 'multipart/related')
        throw new SecurityFailure('malformed', 'the policy asks for MTOM')
      return after(this.#authorize(accepted, roles), () => {
        for (const part of proved.attachments)
          if (part.contentId !== undefined) message.attachments.set(part.contentId, part)
        markBinary(proved, this.#parts.binaryElements)
        exposeResults(ctx, accepted, receiver.actor)
        return accepted
      })
    })
  }

  /** Whoever calls needs one of the roles. */
  #authorize(accepted: Accepted, ofPolicy: readonly string[] | undefined): void | Promise<void> {
    const { allowRoles = ofPolicy, users } = this.#parts
    if (allowRoles === undefined) return
    const caller = callerOf(accepted)
    if (caller === undefined)
      throw new SecurityFailure('authentication-failed', 'the caller has no name, so that it has no roles')
    if (allowRoles.some((role) => role.toLowerCase() === 'internal/everyone')) return
    return (users?.find(caller) ?? Promise.resolve(undefined)).then((user) => {
      const roles = new Set(user?.roles.map((role) => role.toLowerCase()))
      if (!allowRoles.some((role) => roles.has(role.toLowerCase())))
        throw new SecurityFailure('authentication-failed', `${caller} has none of the roles ${allowRoles.join(', ')}`)
    })
  }

  /** Where operations differ in their policies, what the message says outside its body decides. */
  #operationOf(ctx: MessageContext): string | undefined {
    const { policies, operationOf } = this.#parts
    if (policies.size <= 1) return undefined
    const { action } = ctx.addressing
    const byAction = action === undefined ? undefined : operationOf(action)
    return byAction ?? (ctx.message.empty || ctx.message.isJson ? undefined : bodyChild(ctx.message.tree)?.name)
  }

  /** An action must not lead to the policy of another operation than the body is for. */
  #sameOperation(ctx: MessageContext, operation: string | undefined): void {
    const { policies } = this.#parts
    if (policies.size <= 1) return
    const inBody = bodyChild(ctx.message.tree)?.name
    const expected = policies.has(operation) ? operation : undefined
    const actual = inBody !== undefined && policies.has(inBody) ? inBody : undefined
    if (expected !== actual)
      throw new SecurityFailure(
        'malformed',
        `the action is for ${operation ?? 'nothing'}, the body for ${inBody ?? 'nothing'}`,
      )
  }
}

/** `next` at once where nothing has to be waited for. */
function after<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Wrong passwords are counted for the address they come from. */
const from = (users: UserStore, address: string): UserStore => ({
  authenticate: (name, password) => users.authenticate(name, password, address),
  find: (name) => users.find(name),
  prove: (name, fits) => users.prove(name, fits, address),
  password: (name) => users.password(name),
})

const unsecured = (envelope: Accepted['results']['envelope']): Accepted['results'] => ({
  envelope,
  body: bodyOf(envelope),
  header: undefined,
  security: undefined,
  timestamp: undefined,
  tokens: [],
  signatures: [],
  decryptions: [],
  confirmations: [],
  attachments: [],
  leftover: [],
})
