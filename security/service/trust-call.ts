import { randomBytes } from 'node:crypto'
import {
  ANONYMOUS,
  bodyChild,
  createEnvelope,
  Headers,
  type MessageContext,
  printXml,
  readFault,
  writeAddressing,
  type XmlDocument,
  type XmlElement,
} from 'viaduct'
import { NO_SECRETS, type SecretSource } from '../key-material.ts'
import { protect } from '../protect.ts'
import type { HeldToken, ProtectResult } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { TokenQuestion } from '../trust/index.ts'
import type { ReplayStore } from '../verify-plan.ts'
import { verify } from '../verify.ts'
import { acceptFirst } from './accepted.ts'
import type { CompiledPolicy } from './compiled-policy.ts'

/** How a token service is asked. */
export interface TrustCallParts {
  readonly url: string
  readonly policy: CompiledPolicy
  readonly credentials: { readonly user: string; readonly password: string | undefined } | undefined
  readonly replays: ReplayStore
}

/** Asks a token service under a policy and gives the child of the verified answer's body. Rejects with a SecurityFailure. */
export async function callTrust(
  question: TokenQuestion,
  parts: TrustCallParts,
  ctx: MessageContext,
): Promise<XmlElement> {
  const envelope = createEnvelope('1.1', [question.element])
  const messageId = `urn:uuid:${ctx.services.platform.uuid()}`
  const { action } = question
  writeAddressing(envelope, 'final', { to: parts.url, action, messageId, replyTo: ANONYMOUS.final })
  const [protection] = parts.policy.protections
  const state = { now: ctx.services.platform.now(), random: randomBytes, credentials: parts.credentials }
  const sent = protection && protect(envelope, protection.plan, state)
  const tree = await send(envelope, action, parts.url, ctx)
  const fault = readFault(tree)
  if (fault !== undefined) throw new SecurityFailure('token-unavailable', `the token service answered: ${fault.reason}`)
  await accept(tree, sent, parts, state.now)
  const answer = bodyChild(tree)
  if (answer === undefined) throw new SecurityFailure('token-unavailable', 'the token service answered nothing')
  return answer
}

async function send(envelope: XmlDocument, action: string, url: string, ctx: MessageContext): Promise<XmlDocument> {
  const { settings, senders } = ctx.services
  const sender = senders.get(url.slice(0, Math.max(url.indexOf(':'), 0)).toLowerCase())
  if (sender === undefined)
    throw new SecurityFailure('protection-impossible', 'nothing here sends to the token service')
  const headers = Headers.of({ 'Content-Type': 'text/xml; charset=UTF-8', SOAPAction: `"${action}"` })
  const body = Buffer.from(printXml(envelope))
  const request = { method: 'POST', url, headers, body, timeout: settings.timeouts.endpoint }
  const { message } = await sender.send(request, (stop) => ctx.exchange.onCancel(stop))
  message.settings = settings
  await ctx.exchange.build(message)
  return message.editTree()
}

async function accept(
  tree: XmlDocument,
  sent: ProtectResult | undefined,
  { policy, replays, url }: TrustCallParts,
  now: number,
): Promise<void> {
  if (policy.receiver === undefined) return
  const secrets = sent === undefined ? NO_SECRETS : secretsOf(sent)
  const results = await verify(tree, policy.receiver, { now, replays, users: undefined, secrets, attachments: [] })
  const { recipient } = policy.keys
  const peer = recipient === 'peer' ? undefined : recipient
  const secure = /^https:/i.test(url)
  acceptFirst(results, policy.checks, { secure, clientCertificate: true, sent: sent?.signatures, peer })
}

/** Answers refer to the secrets of their request: keys that were sent in it, and those of the tokens that it carried. */
export const secretsOf = (
  sent: ProtectResult | undefined,
  tokens: ReadonlyMap<string, HeldToken> = new Map(),
): SecretSource => ({
  find(kind, identifier) {
    const held = [...tokens.values()].find(({ reference }) => reference?.value === identifier)
    const secret = kind === 'encrypted-key' ? sent?.secrets.get(identifier) : held?.secret
    return secret && { secret }
  },
})
