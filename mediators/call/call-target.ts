import {
  bodyChild,
  compileValue,
  type JsonValue,
  type MessageContext,
  payloadText,
  readContent,
  type Site,
  spanOf,
  type XmlElement,
} from 'viaduct'

/** Puts the answer where the target says; the current message stays. */
export type Inbound = (ctx: MessageContext, answer: MessageContext) => void | Promise<void>

interface TargetConfig {
  readonly type: 'body' | 'property' | 'variable' | undefined
  readonly text: string
  readonly node: XmlElement
}

/** Compiles `<target>`; undefined when the answer becomes the current message. */
export function compileTarget(config: TargetConfig | undefined, site: Site): Inbound | undefined {
  if (config === undefined) return undefined
  const { type = 'body', text, node } = config
  if (type === 'body') return undefined
  if (text === '') {
    site.fail('text-invalid', `<target type="${type}"> needs a name`, spanOf(node))
    return undefined
  }
  if (type === 'property') return built((ctx, answer) => ctx.properties.set('default', text, payloadOf(answer)))
  const name = readContent(node, site, (reading) => compileValue(text, reading))
  return built((ctx, answer) => {
    ctx.variables.set(name?.literal ?? name?.string(ctx) ?? text, variableOf(answer))
  })
}

function built(store: (ctx: MessageContext, answer: MessageContext) => void): Inbound {
  return (ctx, answer) => {
    const building = answer.build()
    return building === undefined ? store(ctx, answer) : building.then(() => store(ctx, answer))
  }
}

/** JSON as its value, text as text, XML as its element. */
function payloadOf({ message }: MessageContext): JsonValue | XmlElement {
  if (message.empty) return ''
  if (message.isJson) return message.json
  return payloadText(message.tree) ?? bodyChild(message.tree) ?? ''
}

/** `payload`, `headers` and `attributes` of the answer, as `${vars.name.payload}` reads them. */
function variableOf(answer: MessageContext): Map<string, unknown> {
  const { headers, status } = answer.message
  const attributes = new Map<string, unknown>()
  const code = answer.properties.get('axis2', 'HTTP_SC') ?? status
  if (code !== undefined) attributes.set('statusCode', code)
  return new Map<string, unknown>([
    ['payload', payloadOf(answer)],
    ['headers', new Map<string, unknown>(headers)],
    ['attributes', attributes],
  ])
}
