import {
  child,
  type Config,
  idle,
  type MessageContext,
  named,
  oneOf,
  parameter,
  required,
  type Site,
  spanOf,
  string,
  words,
} from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { createLeaf } from '../leaf.ts'
import type { LeafEndpoint } from '../leaf-endpoint.ts'
import { leafAttributes, leafChildren } from '../leaf-shape.ts'
import { withRestPostfix } from '../rest-postfix.ts'
import { checkScheme } from '../scheme.ts'
import { readBasicAuth } from './basic-auth.ts'
import { decodeForm, encodedUrl } from './legacy-encoding.ts'
import { compileUriTemplate, type UriTemplate } from './uri-template.ts'

const text = { content: 'text' } as const
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'] as const

export const httpShape = {
  attributes: {
    uriTemplate: required(
      named(
        'uri-template',
        parameter('URI template (RFC 6570); its variables are properties uri.var.… and query.param.….'),
      ),
    ),
    method: oneOf(METHODS, 'Request method; that of the message unless given.', true),
    protocol: idle(string('Without effect.'), 'protocol: the scheme of the uri-template decides'),
    version: oneOf(['1.1'], 'HTTP version.'),
    ...leafAttributes,
  },
  children: {
    authentication: child('authentication', 'How the endpoint proves who it is.', {
      children: {
        basicAuth: child('basicAuth', 'User and password (RFC 7617).', {
          children: {
            username: child('username', 'User; an expression in braces is evaluated for every message.', text),
            password: child('password', 'Password; likewise.', text),
          },
        }),
        oauth: child('oauth', 'OAuth tokens; not supported yet.', { content: 'xml' }),
      },
    }),
    ...leafChildren,
  },
} as const

export type HttpConfig = Config<typeof httpShape.attributes, typeof httpShape.children>

const LEGACY = 'legacy-encoding:'

/** An address made from the properties of the message (language reference 3.4). */
export function createHttp(config: HttpConfig, definition: Definition, site: Site): LeafEndpoint | undefined {
  const given = config.uriTemplate.trim()
  const legacy = given.startsWith(LEGACY)
  const text = legacy ? given.slice(LEGACY.length) : given
  checkScheme(text, 'uri-template', config.node, site)
  const template = readTemplate(legacy ? text : wholeUrl(text), config, site)
  if (template === undefined) return undefined
  const { method, authentication } = config
  if (authentication?.oauth) {
    site.fail(
      'element-unsupported',
      '<oauth> is not supported yet; use <basicAuth>, or set the Authorization header',
      spanOf(authentication.oauth.node),
    )
  }
  const fixed = template.variables.size === 0
  const target = fixed
    ? () => text
    : legacy
      ? legacyTarget(template, text)
      : (ctx: MessageContext) => template.expand(valuesOf(ctx))
  const kind = {
    notReady: 303001,
    method,
    url: method === undefined ? (ctx: MessageContext) => withRestPostfix(target(ctx), ctx) : target,
    sign: readBasicAuth(authentication?.basicAuth, site),
    wsdlUrl: fixed ? `${text}?wsdl` : undefined,
  }
  return createLeaf(kind, config, definition, site)
}

/** A template that starts with a variable takes the whole URL from it, so that nothing in it is encoded. */
const wholeUrl = (text: string): string => (/^\{[^+#./;?&]/.test(text) ? `{+${text.slice(1)}` : text)

function readTemplate(text: string, { node }: HttpConfig, site: Site): UriTemplate | undefined {
  try {
    return compileUriTemplate(text)
  } catch (error) {
    const at = node.attributes.find(({ name }) => name === 'uri-template')?.valueAt
    site.fail(
      'attribute-invalid',
      `uri-template="${text}": ${error instanceof Error ? error.message : ''}`,
      at ?? spanOf(node),
    )
    return undefined
  }
}

/** Only properties of these two families are variables; others are as good as absent (language reference 3.4). */
const valuesOf =
  ({ properties }: MessageContext) =>
  (name: string): string | undefined => {
    if (!name.startsWith('uri.var.') && !name.startsWith('query.param.')) return undefined
    return words(properties.get('default', name))
  }

/** Values are decoded, the expansion is decoded once more, and what a URL cannot hold is encoded at the end. */
function legacyTarget(template: UriTemplate, text: string): (ctx: MessageContext) => string {
  return (ctx) => {
    const value = valuesOf(ctx)
    const expanded = template.expand((name) => {
      const found = value(name)
      return found === undefined ? undefined : decodeForm(found)
    })
    return encodedUrl(decodeForm(expanded)) ?? text
  }
}
