import type { Message, MessageContext } from 'viaduct'

/**
 * Appends REST_URL_POSTFIX to the address when the request is REST: what the client wrote after the service or API goes on
 * to the back end (language reference 3.4, 5).
 */
export function withRestPostfix(address: string, ctx: MessageContext): string {
  if (ctx.response || !isRest(ctx)) return address
  const postfix = ctx.properties.get('axis2', 'REST_URL_POSTFIX')
  if (typeof postfix !== 'string' || postfix === '') return address
  if (postfix.startsWith('?')) return address + postfix
  const slash = address.endsWith('/')
  if (postfix.startsWith('/')) return (slash ? address.slice(0, -1) : address) + postfix
  return slash ? address + postfix : `${address}/${postfix}`
}

function isRest({ properties, message }: MessageContext): boolean {
  switch (properties.get('axis2', 'HTTP_METHOD')) {
    case 'GET':
    case 'HEAD':
    case 'DELETE':
    case 'OPTIONS':
      return true
    case 'POST':
    case 'PUT':
    case 'PATCH':
      return !isSoap(message)
    default:
      return false
  }
}

function isSoap({ contentType, headers }: Message): boolean {
  if (contentType === undefined) return false
  if (/^\s*text\/xml\b/i.test(contentType)) return headers.has('SOAPAction')
  return /^\s*(?:application\/soap\+xml|multipart\/related)\b/i.test(contentType)
}
