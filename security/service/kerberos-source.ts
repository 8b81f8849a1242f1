import { parseUri, type Linker, type MessageContext, type Span } from 'viaduct'
import {
  createKerberosHandler,
  holdTicket,
  type KdcAddress,
  KerberosClient,
  KerberosError,
  KerberosSessions,
  KdcUnreachable,
  Keytab,
  KeytabError,
  parsePrincipal,
} from '../kerberos/index.ts'
import { readKeyFile } from '../keys/index.ts'
import type { NeededToken } from '../policy/protect-draft.ts'
import type { HeldToken } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { TokenHandler } from '../token-handler.ts'
import type { TokenSource } from './held-tokens.ts'
import type { HandlerParts } from './token-handlers.ts'

/**
 * Accepts tickets with the keytab of the settings; a client only knows those that it sent. Undefined when there is no keytab or
 * it cannot be read, which is reported.
 */
export function kerberosHandler({ replays, role, at, linker }: HandlerParts): TokenHandler | undefined {
  const { service, allowRc4 } = linker.services.settings.security.kerberos
  const sessions = linker.state('security:kerberos-sessions', '', () => new KerberosSessions())
  if (role === 'initiator') return createKerberosHandler({ keytab: new Keytab([]), replays }, new KerberosSessions())
  const keytab = loadKeytab(at, linker)
  if (keytab === undefined) return undefined
  if (service !== '' && !keytab.principals.includes(service)) {
    const message = `security.kerberos.service: the keytab has no key for ${service}, but for ${keytab.principals.join(', ')}`
    linker.report('constraint-violated', at, message)
  }
  return createKerberosHandler({ keytab, service: service === '' ? undefined : service, allowRc4, replays }, sessions)
}

function loadKeytab(at: Span, linker: Linker): Keytab | undefined {
  const { keytab: file } = linker.services.settings.security.kerberos
  if (file === '') {
    linker.report('constraint-violated', at, 'the policy asks for Kerberos tickets: security.kerberos.keytab is needed')
    return undefined
  }
  const bytes = readKeyFile(file, at, linker)
  try {
    return bytes && Keytab.read(bytes)
  } catch (error) {
    if (!(error instanceof KeytabError)) throw error
    linker.report('keystore-invalid', at, `${file}: ${error.message}`)
    return undefined
  }
}

/** Gives tickets to calls. The service is that of the policy, else `HTTP/` and the host of the address. */
export class TicketSource implements TokenSource {
  readonly kinds = ['kerberos'] as const
  readonly #client: KerberosClient
  readonly #service: string | undefined

  constructor(client: KerberosClient, service: string | undefined) {
    this.#client = client
    this.#service = service
  }

  async give({ name, token }: NeededToken, ctx: MessageContext, url: string): Promise<HeldToken> {
    const now = ctx.services.platform.now()
    const service = this.#service ?? `HTTP/${hostOf(url)}`
    try {
      const ticket = await this.#client.ticketFor(service, now)
      const form = token.kind === 'kerberos' && token.gss ? 'gss' : 'bare'
      return holdTicket(ticket, form, `${name}-${ctx.services.platform.uuid()}`, now)
    } catch (error) {
      if (!(error instanceof KerberosError || error instanceof KdcUnreachable)) throw error
      throw new SecurityFailure('token-unavailable', `no ticket for ${service}: ${error.message}`, { cause: error })
    }
  }
}

const hostOf = (url: string): string => parseUri(url)?.host?.toLowerCase() ?? ''

/** The source of tickets that settings and `kerberosConfig` of a policy describe; undefined after a report. */
export function ticketSource(config: ReadonlyMap<string, string>, at: Span, linker: Linker): TicketSource | undefined {
  const settings = linker.services.settings.security.kerberos
  const principal = named(config, 'principalName', 'principal.name') ?? settings.principal
  const password = named(config, 'principalPassword', 'principal.password') ?? settings.password
  const service = named(config, 'servicePrincipalName', 'service.principal.name')
  const kdcs = settings.kdcs.flatMap(addressOf)
  if (parsePrincipal(principal)?.realm === undefined || kdcs.length === 0 || kdcs.length < settings.kdcs.length) {
    const message =
      'the policy asks for Kerberos tickets: security.kerberos needs a principal (user@REALM) and kdcs (host:port)'
    linker.report('constraint-violated', at, message)
    return undefined
  }
  const keytab = password === '' ? loadKeytab(at, linker) : undefined
  if (password === '' && keytab === undefined) return undefined
  const secret = keytab === undefined ? { password } : { keytab }
  const client = new KerberosClient({ principal, secret, kdcs, allowRc4: settings.allowRc4 })
  return new TicketSource(client, service)
}

/** Rampart's spelling, or that of Carbon. */
function named(config: ReadonlyMap<string, string>, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = config.get(name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

function addressOf(text: string): KdcAddress[] {
  const [, host, port] = /^(.+?)(?::(\d{1,5}))?$/.exec(text) ?? []
  return host === undefined || Number(port ?? 88) > 65_535 ? [] : [{ host, port: Number(port ?? 88) }]
}
