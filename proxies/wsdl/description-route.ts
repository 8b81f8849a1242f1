import { isIP } from 'node:net'
import { hostname } from 'node:os'
import {
  type Arrival,
  type Flow,
  Message,
  type MessageContext,
  printXml,
  type Route,
  sendBack,
  type Settings,
  type XmlElement,
} from 'viaduct'
import { policyDocument } from './attach-policies.ts'
import type { Description } from './description.ts'
import type { Publication } from './publish.ts'

type Question = 'wsdl' | 'wsdl2' | 'xsd' | 'policy'

/** What a GET asks about a service: `?wsdl`, `?wsdl2`, `?xsd`, `?policy`, the first and third also with a name. */
export function questionIn({
  method,
  target,
}: Arrival): { readonly kind: Question; readonly name: string | undefined } | undefined {
  if (method !== 'GET') return undefined
  const query = target.indexOf('?')
  if (query < 0) return undefined
  const match = /^(wsdl2?|xsd|policy)(?:=([^&]*))?(?:&|$)/i.exec(target.slice(query + 1))
  if (match?.[1] === undefined) return undefined
  return {
    kind: match[1].toLowerCase() as Question,
    name: match[2] === undefined || match[2] === '' ? undefined : decode(match[2]),
  }
}

/** Answers such a question; `policies` are those that the proxy brings. */
export function descriptionRoute(
  service: string,
  publication: Publication,
  policies: readonly XmlElement[],
  arrival: Arrival,
): Route | undefined {
  const question = questionIn(arrival)
  if (question === undefined) return undefined
  const { kind, name } = question
  const { description, given } = publication
  return {
    name: `proxy:${service}?${kind}`,
    receive(ctx) {
      if (description === undefined)
        return page(ctx, 503, `The description of the service ${service} is not there yet.`)
      const origin = originOf(ctx.services.settings, arrival)
      if (kind === 'wsdl2' && (!given || description.version === '1.1')) {
        // Not 500 as upstream: nothing failed (docs/compat.md).
        return page(ctx, 404, `No WSDL was provided for the Service ${service}. A WSDL cannot be generated.`)
      }
      const text = kind === 'policy' ? policyText(policies) : documentOf(description, policies, kind, name, origin)
      return text === undefined ? page(ctx, 404, `The service ${service} has no such document.`) : document(ctx, text)
    },
    answer: undefined,
    fault: () => 'stop',
  }
}

function policyText(policies: readonly XmlElement[]): string | undefined {
  const policy = policyDocument(policies)
  return policy && printXml(policy)
}

function documentOf(
  description: Description,
  policies: readonly XmlElement[],
  kind: Exclude<Question, 'policy'>,
  name: string | undefined,
  origin: string,
): string | undefined {
  if (kind === 'xsd' && name === undefined) return description.firstSchema(origin)
  return name === undefined ? description.text(origin, policies) : description.imported(name, origin)
}

/**
 * Where clients reach the bus: as configured, else as this client wrote it. A name that is not known to mean this machine is
 * not repeated: a cache could hand it to other clients.
 */
function originOf({ http }: Settings, { transport, message, localAddress, localPort }: Arrival): string {
  if (http.publicUrl !== '') return http.publicUrl.replace(/\/+$/, '')
  const scheme = transport === 'https' ? 'https' : 'http'
  const host = message.headers.get('host')
  if (host !== undefined && isOwnName(host)) return `${scheme}://${host}`
  return `${scheme}://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`
}

/** An address, a loopback name or the name of this machine. */
function isOwnName(authority: string): boolean {
  const host = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::\d{1,5})?$/.exec(authority)
  const name = (host?.[1] ?? host?.[2] ?? '').toLowerCase()
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || name === hostname().toLowerCase()
}

const document = (ctx: MessageContext, text: string): Flow | Promise<Flow> =>
  reply(ctx, 200, text, 'text/xml; charset=UTF-8')

const page = (ctx: MessageContext, status: number, text: string): Flow | Promise<Flow> =>
  reply(ctx, status, text, 'text/plain; charset=UTF-8')

function reply(ctx: MessageContext, status: number, text: string, contentType: string): Flow | Promise<Flow> {
  ctx.message = Message.empty()
  ctx.message.setBytes(Buffer.from(text), contentType)
  ctx.message.status = status
  ctx.response = true
  return sendBack(ctx)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
