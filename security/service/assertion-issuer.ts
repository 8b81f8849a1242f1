import type { X509Certificate } from 'node:crypto'
import { append, cloneNode, createEnvelope, type Linker, requireHeader, type XmlElement } from 'viaduct'
import type { KeyIdentity } from '../key-material.ts'
import { NO_SECRETS } from '../key-material.ts'
import { buildElement } from '../message/build-element.ts'
import { WSSE } from '../names.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { createSamlHandler, samlDetail } from '../saml/index.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { TokenHandler } from '../token-handler.ts'
import { createAssertionProvider, type TokenProvider } from '../trust/index.ts'
import { type IssuerConfig, readIssuerConfig } from '../trust/issuer-config.ts'
import { verify } from '../verify.ts'
import type { VerifyPlan } from '../verify-plan.ts'
import type { CompiledPolicy } from './compiled-policy.ts'

/** What makes a secured service a token service: its parameter `saml-issuer-config`. Undefined after a report. */
export function assertionIssuer(
  parameter: XmlElement,
  policy: CompiledPolicy,
  linker: Linker,
): TokenProvider | undefined {
  const config = readIssuerConfig(parameter, linker.report)
  const identity = config && identityOf(config, policy, linker)
  if (config === undefined || identity === undefined) return undefined
  const certificates = certificatesOf(config, policy, linker)
  const { receiver } = policy
  return createAssertionProvider({
    issuer: config.issuer,
    identity,
    lifetime: config.lifetime,
    service(address) {
      const name = address !== undefined && config.services.has(address) ? address : '*'
      return config.services.has(name) ? { certificate: certificates.get(name) } : undefined
    },
    verify: (assertion, now) => (receiver === undefined ? undefined : check(assertion, receiver, identity, now)),
  })
}

function identityOf({ alias, at }: IssuerConfig, { keys }: CompiledPolicy, linker: Linker): KeyIdentity | undefined {
  const identity =
    alias === undefined ? keys.identity : (keys.decryption.identity(alias) ?? ownBy(alias, keys.identity))
  if (identity !== undefined) return identity
  linker.report('constraint-violated', at, `<issuerKeyAlias>: the keystores have no private key "${alias ?? ''}"`)
  return undefined
}

const ownBy = (alias: string, identity: KeyIdentity | undefined): KeyIdentity | undefined =>
  identity?.alias.toLowerCase() === alias.toLowerCase() ? identity : undefined

function certificatesOf(
  { services, at }: IssuerConfig,
  { keys }: CompiledPolicy,
  linker: Linker,
): Map<string, X509Certificate> {
  const found = new Map<string, X509Certificate>()
  for (const [address, alias] of services) {
    const certificate = alias === undefined ? undefined : keys.trusted.certificate(alias)
    if (certificate !== undefined) found.set(address, certificate)
    else if (alias !== undefined)
      linker.report('constraint-violated', at, `<service>: the keystores have no certificate "${alias}"`)
  }
  return found
}

/** Verifies an assertion of ours that stands in a request, as if a message carried it. */
async function check(assertion: XmlElement, receiver: VerifyPlan, identity: KeyIdentity, now: number): Promise<void> {
  const tree = createEnvelope('1.1')
  const security = buildElement(WSSE, 'wsse:Security')
  append(requireHeader(tree), security)
  append(security, cloneNode(assertion))
  const replays = new ReplayCache(1000)
  const own = identity.chain[0].fingerprint256
  const reads = createSamlHandler({ allowsIssuer: (_, { fingerprint256 }) => fingerprint256 === own, replays })
  // Whoever holds the assertion proves it to the service that it is for, not here; that it is ours has to show all the same.
  const confirm: TokenHandler['confirm'] = (token) => {
    if (samlDetail(token)?.signer === undefined)
      throw new SecurityFailure('token-invalid', 'SAML assertion: it is not signed')
  }
  const handler = { ...reads, confirm }
  const plan = { ...receiver, actor: undefined, handlers: [handler] }
  await verify(tree, plan, { now, replays, users: undefined, secrets: NO_SECRETS, attachments: [] })
}
