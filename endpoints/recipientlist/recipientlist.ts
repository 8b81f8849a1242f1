import { child, type Config, type DynamicValue, integer, named, required, type Site, spanOf, value } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { createMembers, memberChildren } from '../member.ts'
import { joined } from '../members.ts'
import { RecipientListEndpoint, type Recipients } from './recipient-list-endpoint.ts'
import { RecipientPool } from './recipient-pool.ts'

export const recipientlistShape = {
  attributes: {},
  children: {
    member: memberChildren,
    endpointsOf: child('endpoints', 'Addresses separated by commas, made for every message.', {
      attributes: {
        value: required(value('Literal or expression in braces that gives the addresses.')),
        maxCache: named('max-cache', integer('How many of the endpoints are kept; 20 unless given.', 1)),
      },
    }),
  },
  content: 'endpoints',
} as const

export type RecipientlistConfig = Config<typeof recipientlistShape.attributes, typeof recipientlistShape.children>

export function createRecipientlist(
  config: RecipientlistConfig,
  definition: Definition,
  site: Site,
): RecipientListEndpoint | undefined {
  const recipients = recipientsOf(config, definition, site)
  return recipients && new RecipientListEndpoint(definition, recipients)
}

function recipientsOf(
  { endpoints, member, endpointsOf, node }: RecipientlistConfig,
  definition: Definition,
  site: Site,
): Recipients | undefined {
  const kinds = [endpoints.length > 0, member.length > 0, endpointsOf !== undefined].filter(Boolean)
  if (kinds.length !== 1) {
    site.fail('constraint-violated', '<recipientlist> holds <endpoint>s, <member>s, or one <endpoints>', spanOf(node))
    return undefined
  }
  if (endpointsOf !== undefined)
    return computed(endpointsOf.value, new RecipientPool(endpointsOf.maxCache ?? 20, definition, site.linker))
  const fixed = endpoints.length > 0 ? joined(endpoints) : createMembers(member, definition, site)
  return () => fixed
}

const computed =
  (addresses: DynamicValue, pool: RecipientPool): Recipients =>
  (ctx) =>
    addresses
      .string(ctx)
      .split(',')
      .map((address) => address.trim())
      .filter((address) => address !== '')
      .map((address) => pool.get(address))
