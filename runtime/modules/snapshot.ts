import type { MessageContext } from '../context.ts'
import { parseJson } from '../json/index.ts'
import { printJson } from '../json/index.ts'
import { Headers } from '../headers.ts'
import { Message } from '../message.ts'
import { parseXml } from '../xml/parse.ts'
import { printXml } from '../xml/print.ts'

/** What of a message crosses to the thread of a module and back. Only copied, primitive values do. */
export interface Snapshot {
  readonly response: boolean
  readonly headers: readonly string[]
  readonly body: SnapshotBody | undefined
  readonly properties: readonly [scope: 'default' | 'axis2', name: string, value: Primitive][]
  readonly variables: readonly [name: string, value: Primitive][]
}

type Primitive = string | number | boolean | bigint | undefined

interface SnapshotBody {
  readonly kind: 'bytes' | 'xml' | 'json'
  readonly data: Uint8Array | string
  readonly contentType: string | undefined
}

/** What the module did to it. */
export interface Changes {
  readonly flow: 'continue' | 'stop'
  readonly headers: readonly string[]
  /** Undefined: not changed. */
  readonly body: SnapshotBody | undefined
  readonly properties: Snapshot['properties']
  readonly variables: Snapshot['variables']
}

const primitive = (value: unknown): value is Primitive =>
  value === undefined ||
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint'

export function takeSnapshot(ctx: MessageContext): Snapshot {
  const { message } = ctx
  return {
    response: ctx.response,
    headers: message.headers.raw,
    body: message.empty ? undefined : bodyOf(message),
    properties: propertiesOf(ctx),
    variables: [...ctx.variables].filter((entry): entry is [string, Primitive] => primitive(entry[1])),
  }
}

export function propertiesOf(ctx: MessageContext): Snapshot['properties'] {
  return (['default', 'axis2'] as const).flatMap((scope) =>
    ctx.properties.names(scope).flatMap((name): Snapshot['properties'] => {
      const value = ctx.properties.get(scope, name)
      return primitive(value) ? [[scope, name, value]] : []
    }),
  )
}

/** The body as it is now: received bytes when unchanged. */
export function bodyOf(message: Message): SnapshotBody {
  const { contentType } = message
  if (message.bytes !== undefined) return { kind: 'bytes', data: message.bytes, contentType }
  if (message.isJson) return { kind: 'json', data: printJson(message.json), contentType }
  return { kind: 'xml', data: printXml(message.tree), contentType }
}

/** The message on the other side. */
export function restoreMessage({ body, headers }: Pick<Snapshot, 'body' | 'headers'>): Message {
  const own = new Headers(headers)
  if (body === undefined) return Message.empty(own)
  if (typeof body.data !== 'string') return Message.ofBytes(Buffer.from(body.data), own, body.contentType)
  if (body.kind === 'json') return Message.ofJson(parseJson(body.data), own, body.contentType)
  return Message.ofTree(parseXml(body.data), own, body.contentType)
}

/** Applies what a module changed to the message it was asked about. */
export function applyChanges(ctx: MessageContext, changes: Changes): void {
  const { message, properties, variables } = ctx
  for (const [scope, name, value] of changes.properties) {
    if (value === undefined) properties.delete(scope, name)
    else properties.set(scope, name, value)
  }
  for (const [name, value] of changes.variables) {
    if (value === undefined) variables.delete(name)
    else variables.set(name, value)
  }
  const wanted = new Headers(changes.headers)
  for (const [name] of new Headers(message.headers.raw)) if (!wanted.has(name)) message.headers.delete(name)
  for (const [name, value] of wanted) if (message.headers.get(name) !== value) message.headers.set(name, value)
  if (typeof changes.body?.data !== 'string') return
  if (changes.body.kind === 'json') message.setJson(parseJson(changes.body.data))
  else message.setTree(parseXml(changes.body.data))
}
