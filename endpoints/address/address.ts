import { type Config, idle, type MessageContext, parameter, required, type Site, string, words } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { createLeaf } from '../leaf.ts'
import type { LeafEndpoint } from '../leaf-endpoint.ts'
import { leafAttributes, leafChildren } from '../leaf-shape.ts'
import { withRestPostfix } from '../rest-postfix.ts'
import { checkScheme } from '../scheme.ts'

export const addressShape = {
  attributes: {
    uri: required(parameter('URL to send to; `${name}` stands for a default property of the message.')),
    method: idle(
      string('Without effect, as in Synapse.'),
      'method: an address endpoint keeps the method of the message; use an http endpoint',
    ),
    ...leafAttributes,
  },
  children: leafChildren,
} as const

export type AddressConfig = Config<typeof addressShape.attributes, typeof addressShape.children>

/** A fixed address (language reference 3.4). */
export function createAddress(config: AddressConfig, definition: Definition, site: Site): LeafEndpoint {
  const uri = config.uri.trim()
  checkScheme(uri, 'uri', config.node, site)
  return createLeaf({ notReady: 303001, url: urlOf(uri), wsdlUrl: `${uri}?wsdl` }, config, definition, site)
}

function urlOf(uri: string): (ctx: MessageContext) => string {
  if (!uri.includes('${')) return (ctx) => withRestPostfix(uri, ctx)
  return (ctx) => withRestPostfix(replaceTokens(uri, ctx), ctx)
}

/** A token without a property stays as it is. */
const replaceTokens = (uri: string, { properties }: MessageContext): string =>
  uri.replaceAll(/\$\{([^{}]*)\}/g, (token, name: string) => {
    return words(properties.get('default', name)) ?? token
  })
