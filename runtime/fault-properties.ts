import type { MessageContext } from './context.ts'
import type { Fault } from './fault.ts'
import { property, words } from './properties.ts'

export const ERROR_CODE = property(
  'ERROR_CODE',
  'default',
  words,
  'Code of the fault being handled (language reference 1.6).',
)
export const ERROR_MESSAGE = property('ERROR_MESSAGE', 'default', words, 'First line of what went wrong.')
export const ERROR_DETAIL = property(
  'ERROR_DETAIL',
  'default',
  words,
  'More about the fault: its detail, or its cause.',
)
export const ERROR_EXCEPTION = property(
  'ERROR_EXCEPTION',
  'default',
  words,
  'The fault as an object; its text when read as a string.',
)

/**
 * Sets the ERROR_ properties of a fault that is about to be handled. Unlike upstream, values of an earlier fault never
 * stay behind (decision 2, docs/compat: error-properties-fresh).
 */
export function raiseFault(ctx: MessageContext, fault: Fault): void {
  ctx.fault = fault
  // A body that cannot be read would fail again in the handler, at the first mediator that looks at it.
  if (fault.code === 601000 && ctx.message.revision === 0) ctx.message.blank()
  const { properties } = ctx
  properties.set('default', ERROR_CODE.name, fault.code)
  properties.set('default', ERROR_MESSAGE.name, fault.message.split('\n', 1)[0] ?? '')
  properties.set(
    'default',
    ERROR_DETAIL.name,
    fault.detail ?? (fault.cause instanceof Error ? fault.cause.message : fault.message),
  )
  properties.set('default', ERROR_EXCEPTION.name, `Fault: ${fault.message}`)
}
