import type { MessageContext } from './context.ts'

/**
 * Properties that the bus answers from what it knows instead of storing them on every message (language reference 1.1 and 5):
 * To, MESSAGE_FORMAT, SYSTEM_TIME … in default scope; HTTP_METHOD, REMOTE_ADDR, TransportInURL … in axis2 scope. A value
 * that a flow has set hides the derived one.
 */
export type Derive = (ctx: MessageContext) => unknown

const DEFAULT_SCOPE: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  ['To', (ctx) => ctx.addressing.to ?? ''],
  ['From', (ctx) => ctx.addressing.from ?? ''],
  ['Action', (ctx) => ctx.addressing.action ?? ''],
  ['FaultTo', (ctx) => ctx.addressing.faultTo ?? ''],
  ['ReplyTo', (ctx) => ctx.addressing.replyTo ?? ''],
  ['RelatesTo', (ctx) => ctx.addressing.relatesTo ?? ''],
  ['MessageID', (ctx) => ctx.addressing.messageId ?? ''],
  ['SYSTEM_TIME', (ctx) => ctx.services.platform.now()],
  ['TRANSPORT_IN_NAME', (ctx) => ctx.exchange.arrival.transport],
  ['correlation_id', (ctx) => ctx.exchange.correlationId],
])

const AXIS2_SCOPE: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  ['HTTP_METHOD', (ctx) => (ctx.response ? undefined : ctx.exchange.arrival.method)],
  ['REMOTE_ADDR', (ctx) => ctx.exchange.arrival.remoteAddress],
  ['REMOTE_HOST', (ctx) => ctx.exchange.arrival.remoteAddress],
  ['TransportInURL', (ctx) => ctx.exchange.arrival.target],
])

export function derivedProperty(scope: 'default' | 'axis2', name: string, ctx: MessageContext): unknown {
  return (scope === 'default' ? DEFAULT_SCOPE : AXIS2_SCOPE).get(name)?.(ctx)
}
