import {
  compileValue,
  InvalidValue,
  type MessageContext,
  type OutgoingRequest,
  type Site,
  spanOf,
  type XmlElement,
} from 'viaduct'

interface Text {
  readonly text: string
  readonly node: XmlElement
}

interface BasicAuth {
  readonly username: Text | undefined
  readonly password: Text | undefined
  readonly node: XmlElement
}

type Signer = (request: OutgoingRequest, ctx: MessageContext) => void
type Value = (ctx: MessageContext) => string

/** The Authorization header of `<basicAuth>`; made once when user and password are literals. */
export function readBasicAuth(config: BasicAuth | undefined, site: Site): Signer | undefined {
  if (config === undefined) return undefined
  const { username, password } = config
  if (username === undefined || password === undefined) {
    site.fail('element-missing', '<basicAuth> needs <username> and <password>', spanOf(config.node))
    return undefined
  }
  const user = read(username, site)
  const secret = read(password, site)
  if (typeof user === 'string' && typeof secret === 'string') {
    const header = headerOf(user, secret)
    return ({ headers }) => headers.set('Authorization', header)
  }
  return ({ headers }, ctx) => headers.set('Authorization', headerOf(valueOf(user, ctx), valueOf(secret, ctx)))
}

const headerOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const valueOf = (value: string | Value, ctx: MessageContext): string => (typeof value === 'string' ? value : value(ctx))

function read({ text, node }: Text, site: Site): string | Value {
  const at = spanOf(node)
  const resolved = site.linker.parameter(text, at)
  try {
    const value = compileValue(resolved, { element: node, at, linker: site.linker })
    return value.literal ?? ((ctx) => value.string(ctx))
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, error.message, at)
    return resolved
  }
}
