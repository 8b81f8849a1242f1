import { type Mediator, sendBack } from 'viaduct'

/** The parameters that choose how attachments are answered, and the axis2 property that means the same for one message. */
const SWITCHES = ['enableMTOM', 'enableSwA'] as const

/** `enableMTOM`, `enableSwA`: answers leave with their attachments beside the envelope (language reference 3.5). */
export function optimizing(
  parameters: ReadonlyMap<string, string>,
  answer: Mediator | undefined,
): Mediator | undefined {
  const on = SWITCHES.filter((name) => parameters.get(name)?.toLowerCase() === 'true')
  if (on.length === 0) return answer
  const flow = answer ?? sendBack
  return (ctx) => {
    for (const name of on) ctx.properties.set('axis2', name, true)
    return flow(ctx)
  }
}
