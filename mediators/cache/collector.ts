import { Fault, type Mediator, type Message, type MessageContext, printJson, printXml } from 'viaduct'
import { CacheQuestion, QUESTION } from './finder.ts'

/** Keeps the answer that a finder has asked for. */
export const collect: Mediator = (ctx) => {
  if (!ctx.response && ctx.message.status === undefined)
    throw new Fault(0, 'cache: collector="true" belongs where the answer is, behind call or in the out flow')
  const question = ctx.properties.get('default', QUESTION)
  if (!(question instanceof CacheQuestion)) return 'continue'
  ctx.properties.delete('default', QUESTION)
  if (question.stale !== undefined && ctx.message.status === 304) use(ctx, question.stale.message)
  else keep(ctx, question)
  return 'continue'
}

/** The back end says that what is there is still good. */
function use(ctx: MessageContext, known: Message): void {
  ctx.message = known.fork()
  if (known.status !== undefined) ctx.properties.set('axis2', 'HTTP_SC', known.status)
}

function keep(ctx: MessageContext, { store, key, rules }: CacheQuestion): void {
  const { message } = ctx
  const status = Number(ctx.properties.get('axis2', 'HTTP_SC') ?? message.status ?? 200)
  if (!rules.statuses(status)) return
  const control = rules.cacheControl
    ? directives(message.headers.all('cache-control').join(','))
    : new Map<string, string>()
  if (control.has('no-store') || control.has('private')) return
  const bytes = sizeOf(message)
  if (rules.mostBytes >= 0 && bytes > rules.mostBytes) return
  const now = ctx.services.platform.monotonic()
  const maxAge = Number.parseInt(control.get('s-maxage') ?? control.get('max-age') ?? '', 10)
  const milliseconds = Number.isNaN(maxAge) ? rules.milliseconds : Math.min(rules.milliseconds, maxAge * 1000)
  const etag = message.headers.get('etag')
  const kept = message.fork()
  kept.status = status
  store.set(key, {
    message: kept,
    bytes,
    since: now,
    until: now + milliseconds,
    etag,
    revalidate: control.has('no-cache'),
  })
}

/** Cache-Control by name, in lower case (RFC 9111, section 5.2). */
function directives(field: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const part of field.split(',')) {
    const [name = '', value = ''] = part.split('=', 2)
    if (name.trim() !== '') found.set(name.trim().toLowerCase(), value.trim().replaceAll('"', ''))
  }
  return found
}

function sizeOf(message: Message): number {
  if (message.empty) return 0
  if (message.bytes !== undefined) return message.bytes.length
  return Buffer.byteLength(message.isJson ? printJson(message.json) : printXml(message.tree))
}
