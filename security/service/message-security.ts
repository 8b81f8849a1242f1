import type {
  ClientSecurity,
  ClientSecurityRequest,
  Linker,
  MessageSecurity,
  PolicyAttachment,
  ServiceSecurity,
  ServiceSecurityRequest,
  Span,
  XmlElement,
} from 'viaduct'
import { SecurityContexts } from '../conversation/index.ts'
import type { Role } from '../policy/certificate-reference.ts'
import { policyId } from '../policy/normalize.ts'
import type { SecurityPolicy } from '../policy/policy-model.ts'
import { readPolicies } from '../policy/read-policy.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { CertificateCache } from '../tokens/certificate-cache.ts'
import { createContextProvider } from '../trust/context-provider.ts'
import { TokenService } from '../trust/token-service.ts'
import { assertionIssuer } from './assertion-issuer.ts'
import { SecuredClient } from './client-security.ts'
import {
  asksForSecurity,
  compileAlternatives,
  type CompiledPolicy,
  compilePolicy,
  type PolicyRequest,
  tokensOf,
} from './compiled-policy.ts'
import { ContextSource } from './context-source.ts'
import { DynamicClient } from './dynamic-client.ts'
import { FailedChecks } from './failed-checks.ts'
import { IssuedSource } from './issued-source.ts'
import { ticketSource } from './kerberos-source.ts'
import type { TokenSource } from './held-tokens.ts'
import { PolicySource } from './policy-source.ts'
import { publishablePolicy } from './publishable-policy.ts'
import { SecuredService } from './service-security.ts'
import { tokenHandlers } from './token-handlers.ts'
import { TrustEndpoint } from './trust-endpoint.ts'

/** Seconds that a security context lives, as in Rampart. */
const CONTEXT_LIFETIME = 300

/** WS-Security of one deployment. What was received, and contexts that were made, outlive reloads. */
export class PolicySecurity implements MessageSecurity {
  readonly #linker: Linker
  readonly #source: PolicySource
  readonly #certificates = new CertificateCache()
  readonly #contexts: SecurityContexts

  constructor(linker: Linker) {
    this.#linker = linker
    this.#source = new PolicySource(linker)
    this.#contexts = linker.state('security:contexts', '', () => new SecurityContexts())
  }

  service(request: ServiceSecurityRequest): ServiceSecurity | undefined {
    const attached = request.policies.flatMap((each) => this.#attached(each))
    const published = attached.filter(({ operation, direction }) => operation === undefined && direction === undefined)
    const elements = published.map(({ element }) => publishablePolicy(element))
    if (attached.length === 0) return undefined
    if (!request.enforced) return this.#publishedOnly(request, attached, elements)
    const policies = this.#policies(request, attached)
    const all = policies.get(undefined)
    if (policies.size === 0) return undefined
    return new SecuredService({
      service: request.service,
      policies,
      operationOf: request.operationOf ?? operationInAction,
      allowRoles: request.allowRoles,
      users: all?.passwords.users ?? this.#linker.facility('users'),
      replays: this.#replaysOf(request.service),
      failures: this.#linker.state(
        `security:failed-checks:${request.service}`,
        '',
        () => new FailedChecks(this.#linker.services.platform),
      ),
      trust: all && this.#trust(request, all),
      published: elements,
      binaryElements: request.binaryElements ?? new Set(),
    })
  }

  /** Upstream publishes a policy that nothing engages, and lets every message through. */
  #publishedOnly(
    { service, at }: ServiceSecurityRequest,
    attached: readonly Attached[],
    published: readonly XmlElement[],
  ): ServiceSecurity {
    const policies = readPolicies(
      attached.map(({ element }) => element),
      this.#source.reading,
    )
    if (policies.some(asksForSecurity)) {
      const message = `the policy of ${service} is published, but not enforced: add <enableSec/>`
      this.#linker.report('policy-doubtful', at, message)
    }
    return { published, guard: (flow) => flow, seal: () => undefined }
  }

  client(request: ClientSecurityRequest): ClientSecurity | undefined {
    const { outbound, inbound, at, name } = request
    if ([outbound, inbound].some((key) => key?.startsWith('{')))
      return DynamicClient.of(request, this.#linker, (keys) => this.client({ ...request, ...keys }))
    const leaving = outbound === undefined ? undefined : this.#source.find(outbound, at)
    const arriving = inbound === undefined ? undefined : this.#source.find(inbound, at)
    if ((outbound !== undefined && leaving === undefined) || (inbound !== undefined && arriving === undefined))
      return undefined
    const policy = compilePolicy({
      ...this.#request(`client:${name}`, 'initiator', at),
      outbound: leaving === undefined ? [] : [leaving],
      inbound: arriving === undefined ? [] : [arriving],
    })
    return (
      policy &&
      new SecuredClient(policy, this.#replaysOf(`client:${name}`), this.#sources(policy, `client:${name}`, at))
    )
  }

  /** What gives the tokens that calls carry. */
  #sources(policy: CompiledPolicy, name: string, at: Span): TokenSource[] {
    const sources: TokenSource[] = []
    const bootstrap = this.#bootstrap(policy.outbound, name, 'initiator', at)
    if (bootstrap !== undefined)
      sources.push(new ContextSource({ name, bootstrap, contexts: this.#contexts, replays: this.#replaysOf(name) }))
    const kinds = new Set(tokensOf(policy.outbound).map(({ kind }) => kind))
    if (kinds.has('issued') || kinds.has('saml'))
      sources.push(new IssuedSource({ services: this.#tokenServices(name, at), replays: this.#replaysOf(name) }))
    if (kinds.has('kerberos')) {
      const tickets = ticketSource(policy.outbound[0]?.rampart?.kerberos ?? new Map(), at, this.#linker)
      if (tickets !== undefined) sources.push(tickets)
    }
    return sources
  }

  /** Token services of the settings, each under its own policy. */
  #tokenServices(name: string, at: Span): ReadonlyMap<string, CompiledPolicy> {
    const services = new Map<string, CompiledPolicy>()
    for (const [address, key] of Object.entries(this.#linker.services.settings.security.saml.services)) {
      const element = this.#source.find(key, at)
      const policies = element === undefined ? [] : [element]
      const request = this.#request(`${name} ${address}`, 'initiator', at)
      const policy = element && compilePolicy({ ...request, outbound: policies, inbound: policies })
      if (policy !== undefined) services.set(address, policy)
    }
    return services
  }

  /** The policy under which security contexts are made; undefined when the policies ask for none. */
  #bootstrap(
    policies: readonly SecurityPolicy[],
    name: string,
    role: Role,
    at: Span,
    paths?: readonly string[],
  ): CompiledPolicy | undefined {
    const token = tokensOf(policies).find(({ kind }) => kind === 'secure-conversation')
    const alternatives = token?.kind === 'secure-conversation' ? token.bootstrap : undefined
    if (alternatives === undefined) return undefined
    const rampart = policies[0]?.rampart
    const inherited = alternatives.map((each) => ({ ...each, rampart: each.rampart ?? rampart }))
    return compileAlternatives(this.#request(name, role, at, paths), inherited, inherited)
  }

  /** The policies of each operation that has its own, and of all others. */
  #policies(request: ServiceSecurityRequest, attached: readonly Attached[]): Map<string | undefined, CompiledPolicy> {
    const compiled = new Map<string | undefined, CompiledPolicy>()
    for (const operation of new Set([undefined, ...attached.map((each) => each.operation)])) {
      const holds = (direction: 'in' | 'out'): XmlElement[] =>
        attached
          .filter((each) => each.operation === undefined || each.operation === operation)
          .filter((each) => each.direction === undefined || each.direction === direction)
          .map(({ element }) => element)
      const policy = compilePolicy({
        ...this.#request(request.service, 'recipient', request.at, pathsOf(request)),
        inbound: holds('in'),
        outbound: holds('out'),
      })
      if (policy !== undefined) compiled.set(operation, policy)
    }
    return compiled
  }

  /** A policy with a SecureConversationToken, or the configuration of an issuer, makes a service answer requests for tokens too. */
  #trust(request: ServiceSecurityRequest, policy: CompiledPolicy): TrustEndpoint | undefined {
    const { service, tokenIssuer, at } = request
    const bootstrap = this.#bootstrap(policy.inbound, service, 'recipient', at, pathsOf(request))
    const issuer = tokenIssuer && assertionIssuer(tokenIssuer, policy, this.#linker)
    if (bootstrap === undefined && issuer === undefined) return undefined
    const contexts = createContextProvider({ contexts: this.#contexts, service, lifetime: CONTEXT_LIFETIME })
    const tokens = new TokenService([
      ...(issuer === undefined ? [] : [issuer]),
      ...(bootstrap === undefined ? [] : [contexts]),
    ])
    const users = policy.passwords.users ?? this.#linker.facility('users')
    return new TrustEndpoint({ tokens, bootstrap: bootstrap ?? policy, policy, issues: issuer !== undefined, users })
  }

  #request(
    name: string,
    role: PolicyRequest['role'],
    at: PolicyRequest['at'],
    paths?: readonly string[],
  ): Omit<PolicyRequest, 'inbound' | 'outbound'> {
    const parts = {
      service: name,
      paths,
      contexts: this.#contexts,
      replays: this.#replaysOf(name),
      role,
      at,
      linker: this.#linker,
    }
    return {
      name,
      role,
      at,
      reading: this.#source.reading,
      handlers: (tokens, keys, rampart) => tokenHandlers(tokens, keys, { ...parts, rampart }),
      certificates: this.#certificates,
      linker: this.#linker,
    }
  }

  /** What a service, or a client, received. Kept when the configuration is read anew. */
  #replaysOf(name: string): ReplayCache {
    const { replayEntries } = this.#linker.services.settings.security
    return this.#linker.state(`security:replays:${name}`, '', () => new ReplayCache(replayEntries))
  }

  #attached({ policy, direction, operation, at }: PolicyAttachment): Attached[] {
    const element = typeof policy === 'string' ? this.#source.find(policy, at) : policy
    // A policy of that name switches security off, as upstream.
    return element === undefined || policyId(element) === 'NoSecurity' ? [] : [{ element, direction, operation }]
  }
}

interface Attached {
  readonly element: XmlElement
  readonly direction: 'in' | 'out' | undefined
  readonly operation: string | undefined
}

const pathsOf = ({ service, path }: ServiceSecurityRequest): readonly string[] =>
  path === undefined ? [`/services/${service}`] : [`/services/${service}`, path]

/** The operation of actions such as `urn:getQuote` and `http://services.samples/getQuote`. */
const operationInAction = (action: string): string | undefined => /[^/:#]+$/.exec(action)?.[0]
