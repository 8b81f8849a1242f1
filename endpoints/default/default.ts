import { type Config, egressRefusal, Fault, type MessageContext, type Site } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { createLeaf } from '../leaf.ts'
import type { LeafEndpoint } from '../leaf-endpoint.ts'
import { leafAttributes, leafChildren } from '../leaf-shape.ts'

export const defaultShape = { attributes: leafAttributes, children: leafChildren } as const

export type DefaultConfig = Config<typeof defaultShape.attributes, typeof defaultShape.children>

/** Sends to the To address of the message (language reference 3.4). */
export function createDefault(config: DefaultConfig, definition: Definition, site: Site): LeafEndpoint {
  return createLeaf(
    {
      notReady: 303001,
      contentAware: true,
      url: addressOf,
      namedByMessage: ({ addressing }) => addressing.own.to === undefined,
    },
    config,
    definition,
    site,
  )
}

/** A To that a flow has set is the configuration's choice; one that came with the message has to be allowed. */
function addressOf(ctx: MessageContext): string {
  const { addressing } = ctx
  const { to } = addressing
  if (to === undefined || !/^[a-z][a-z0-9+.-]*:/i.test(to) || to.startsWith('http://www.w3.org/2005/08/addressing/')) {
    throw new Fault('address-refused', 'the message names no address to send to')
  }
  const refusal = addressing.own.to === undefined ? egressRefusal(to, ctx.services.settings) : undefined
  if (refusal !== undefined)
    throw new Fault('address-refused', `the message names the address to send to, and ${refusal}`)
  return to
}
