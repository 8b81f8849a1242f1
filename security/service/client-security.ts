import { randomBytes } from 'node:crypto'
import {
  type ClientSecurity,
  type Fault,
  isFault,
  type MessageContext,
  type Seal,
  type SecuredCall,
  type XmlDocument,
} from 'viaduct'
import { protect } from '../protect.ts'
import type { HeldToken, ProtectResult, ProtectState } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { ReplayStore } from '../verify-plan.ts'
import { verify } from '../verify.ts'
import { acceptFirst, attachmentsOf } from './accepted.ts'
import type { CompiledProtection } from '../policy/protect-compiler.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import { exposeResults, UNAUTHENTICATED } from './flow-properties.ts'
import { forgetTokens, heldTokens, type TokenSource } from './held-tokens.ts'
import { markBinary } from './binary-marks.ts'
import { securityFault } from './security-answer.ts'
import { secretsOf } from './trust-call.ts'

/** Secures calls to one back end with a policy that was compiled before. */
export class SecuredClient implements ClientSecurity {
  readonly #policy: CompiledPolicy
  readonly #replays: ReplayStore
  readonly #sources: readonly TokenSource[]

  constructor(policy: CompiledPolicy, replays: ReplayStore, sources: readonly TokenSource[]) {
    this.#policy = policy
    this.#replays = replays
    this.#sources = sources
  }

  begin(ctx: MessageContext, url: string): SecuredCall | Promise<SecuredCall> {
    const [policy] = this.#policy.outbound
    if (policy?.binding?.kind === 'transport' && !/^https:/i.test(url))
      throw this.#fault(
        ctx,
        new SecurityFailure('transport-wrong', 'the policy asks for https, and the address is not'),
      )
    const [protection] = this.#policy.protections
    if (protection === undefined || (!protection.credentials && protection.tokens.length === 0))
      return this.#call(ctx, url, undefined, new Map())
    return this.#prepare(protection, ctx, url).catch((thrown: unknown) => {
      throw this.#fault(ctx, thrown)
    })
  }

  async #prepare(protection: CompiledProtection, ctx: MessageContext, url: string): Promise<SecuredCall> {
    const user = this.#policy.outbound[0]?.rampart?.user ?? ''
    const credentials = protection.credentials
      ? { user, password: await this.#policy.passwords.password(user) }
      : undefined
    return this.#call(ctx, url, credentials, await heldTokens(protection.tokens, this.#sources, ctx, url))
  }

  #call(
    ctx: MessageContext,
    url: string,
    credentials: ProtectState['credentials'],
    tokens: ReadonlyMap<string, HeldToken>,
  ): SecuredCall {
    const [policy] = this.#policy.outbound
    const plan = this.#policy.protections[0]?.plan
    const sent: { result?: ProtectResult } = {}
    const seal: Seal = {
      optimize: policy?.mtom === true || (plan?.optimize.length ?? 0) > 0 ? 'mtom' : undefined,
      apply: (envelope) => {
        if (plan === undefined || plan.steps.length === 0) return undefined
        try {
          sent.result = protect(envelope, plan, {
            now: ctx.services.platform.now(),
            random: randomBytes,
            credentials,
            tokens,
            attachments: [...ctx.message.attachments.values()],
          })
          return attachmentsOf(sent.result)
        } catch (thrown) {
          throw this.#fault(ctx, thrown)
        }
      },
    }
    const refused = (): void => forgetTokens(this.#policy.protections[0]?.tokens ?? [], this.#sources, url)
    return { seal, open: (answer) => this.#open(answer, sent.result, tokens, refused) }
  }

  #open(
    answer: MessageContext,
    sent: ProtectResult | undefined,
    tokens: ReadonlyMap<string, HeldToken>,
    refused: () => void,
  ): void | Promise<void> {
    const { receiver } = this.#policy
    if (receiver === undefined || answer.message.empty) return
    try {
      if (answer.message.isJson) throw new SecurityFailure('header-missing', 'the answer is no SOAP message')
      const tree = answer.message.editTree()
      if (isPlainFault(tree)) {
        answer.properties.set('axis2', UNAUTHENTICATED, true)
        return refused()
      }
      const results = verify(tree, receiver, {
        now: answer.services.platform.now(),
        replays: this.#replays,
        users: undefined,
        secrets: secretsOf(sent, tokens),
        attachments: [...answer.message.attachments.values()],
      })
      const accept = (proved: Awaited<typeof results>): void => {
        const facts = { secure: true, clientCertificate: true, sent: sent?.signatures, peer: this.#peer() }
        markBinary(proved, new Set())
        for (const part of proved.attachments)
          if (part.contentId !== undefined) answer.message.attachments.set(part.contentId, part)
        exposeResults(answer, acceptFirst(proved, this.#policy.checks, facts), receiver.actor)
      }
      if (!(results instanceof Promise)) return accept(results)
      return results.then(accept).catch((thrown: unknown) => {
        throw this.#fault(answer, thrown)
      })
    } catch (thrown) {
      throw this.#fault(answer, thrown)
    }
  }

  #peer() {
    const { recipient } = this.#policy.keys
    return recipient === 'peer' ? undefined : recipient
  }

  #fault(ctx: MessageContext, thrown: unknown): Fault {
    return securityFault(thrown, ctx.services)
  }
}

/** Services answer what they could not verify with faults that they do not secure; nothing in them is proved. */
const isPlainFault = (tree: XmlDocument): boolean =>
  isFault(tree) &&
  !tree.root.children.some(
    (part) =>
      'children' in part &&
      part.name === 'Header' &&
      part.children.some((block) => 'name' in block && block.name === 'Security'),
  )
