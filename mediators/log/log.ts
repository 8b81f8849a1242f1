import {
  boolean,
  child,
  children,
  compileTemplate,
  defineMediator,
  definedString,
  ELEMENT,
  guardedBuild,
  headerOf,
  type LogLevel,
  type Mediator,
  type MessageContext,
  oneOf,
  path,
  printJson,
  printXml,
  readContent,
  required,
  string,
  withDefault,
  XmlText,
} from 'viaduct'
import { withoutSecrets } from './without-secrets.ts'

/** One `name = value` of a line. */
type Item = (ctx: MessageContext) => string

type Level = 'simple' | 'headers' | 'full' | 'custom'

/** Writes a line about the message. */
export const log = defineMediator({
  name: 'log',
  summary: 'Writes a line about the message to the log.',
  attributes: {
    level: oneOf(
      ['simple', 'headers', 'full', 'custom'],
      'What the line holds: addresses (simple), SOAP headers, addresses and body (full), or only what is listed inside (custom).',
    ),
    category: withDefault(
      'INFO',
      oneOf(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'], 'Level under which the line is logged.', true),
    ),
    separator: withDefault(', ', string('Stands between the items; \\n and \\t are understood.')),
    logFullPayload: withDefault(false, boolean('The same as level="full".')),
    logMessageID: withDefault(false, boolean('Adds the message id to a custom line.')),
  },
  children: {
    properties: children('property', 'An item of the line.', {
      attributes: {
        name: required(string('What the item is called.')),
        value: string('A literal.'),
        expression: path('Evaluated for every message that is logged.'),
      },
    }),
    message: child('message', 'Text with ${…} expressions, put first.', { content: 'text' }),
  },
  check({ properties }, { fail }) {
    for (const { name, value, expression } of properties) {
      if (value === undefined && expression === undefined) {
        fail('constraint-violated', `the property "${name}" needs a value or an expression`)
      }
    }
  },
  compile({ level, category, separator, logFullPayload, logMessageID, properties, message }, site) {
    const template = message && readContent(message.node, site, (reading) => compileTemplate(message.text, reading))
    // A <message> alone replaces the addresses of the simple level.
    const effective: Level = logFullPayload ? 'full' : (level ?? (message === undefined ? 'simple' : 'custom'))
    const items: Item[] = []
    if (template !== undefined) items.push((ctx) => template.string(ctx))
    items.push(...ITEMS[effective])
    if (logMessageID && effective === 'custom') items.push((ctx) => `MessageID: ${ctx.addressing.messageId}`)
    for (const { name, value, expression } of properties) {
      if (value !== undefined || expression === undefined) items.push(() => `${name} = ${value}`)
      else items.push((ctx) => `${name} = ${definedString(expression, ctx) ?? 'null'}`)
    }
    const write = writer(category, separator.replaceAll('\\n', '\n').replaceAll('\\t', '\t'), items)
    const reads = effective === 'full' || effective === 'headers' || template?.contentAware === true
    return whenEnabled(category, reads ? guardedBuild(write) : write)
  },
})

/** A line that nobody will read costs one comparison, and leaves a streaming body alone. */
const whenEnabled =
  (level: LogLevel, write: Mediator): Mediator =>
  (ctx) =>
    ctx.services.log.enabled(level, ctx.exchange.route.name) ? write(ctx) : 'continue'

const writer =
  (level: LogLevel, separator: string, items: readonly Item[]): Mediator =>
  (ctx) => {
    let text = ''
    for (const item of items) {
      const part = item(ctx)
      if (part !== '') text = text === '' ? part : text + separator + part
    }
    ctx.log(level, ctx.exchange.route.name, text)
    return 'continue'
  }

const addressItem =
  (label: string, read: (ctx: MessageContext) => string | undefined): Item =>
  (ctx) => {
    const value = read(ctx)
    return value === undefined ? '' : `${label}: ${value}`
  }

const SIMPLE: readonly Item[] = [
  (ctx) => `To: ${ctx.addressing.to ?? ''}`,
  addressItem('From', (ctx) => ctx.addressing.from),
  addressItem('WSAction', (ctx) => ctx.addressing.action),
  addressItem('SOAPAction', (ctx) => ctx.addressing.action),
  addressItem('ReplyTo', (ctx) => ctx.addressing.replyTo),
  (ctx) => `MessageID: ${ctx.addressing.messageId}`,
  (ctx) => `correlation_id: ${ctx.exchange.correlationId}`,
  (ctx) => `Direction: ${ctx.response ? 'response' : 'request'}`,
]

const ITEMS: Readonly<Record<Level, readonly Item[]>> = {
  simple: SIMPLE,
  headers: [soapHeaders],
  full: [...SIMPLE, payload],
  custom: [],
}

function soapHeaders({ message }: MessageContext): string {
  const items: string[] = []
  for (const block of headerOf(message.tree)?.children ?? []) {
    if (block.type !== ELEMENT) continue
    const text = block.children.map((node) => (node instanceof XmlText ? node.value : '')).join('')
    items.push(`${block.name} : ${text}`)
  }
  return items.join(', ')
}

function payload({ message }: MessageContext): string {
  if (message.isJson) return `Payload: ${printJson(message.json)}`
  return `Envelope: ${printXml(withoutSecrets(message.tree))}`
}
