import { boolean, type Config, type Endpoint, type MessageContext, type Site, spanOf, withDefault } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { type Attempts, GroupEndpoint } from '../group-endpoint.ts'
import { joined } from '../members.ts'

export const failoverShape = {
  attributes: {
    dynamic: withDefault(
      true,
      boolean(
        'Whether every message begins with the first member that is ready; else one member is used until it fails.',
      ),
    ),
    buildMessage: boolean('Not used; a message that may be sent again is always read into memory.'),
  },
  content: 'endpoints',
} as const

export type FailoverConfig = Config<typeof failoverShape.attributes>

/** The member that a static failover group stays with. */
interface Current {
  index: number
}

/** Members in order of preference: the message goes to the first that answers (language reference 3.4). */
export class FailoverEndpoint extends GroupEndpoint {
  readonly members: readonly Endpoint[]
  protected readonly failsOver = true
  readonly #current: Current | undefined

  constructor(definition: Definition, members: readonly Endpoint[], current: Current | undefined) {
    super(definition)
    this.members = members
    this.#current = current
  }

  protected next(ctx: MessageContext, { excluded }: Attempts): Endpoint | undefined {
    const usable = (member: Endpoint): boolean => !excluded.has(member) && member.ready(ctx)
    const current = this.#current
    if (current === undefined) return this.members.find(usable)
    const staying = this.members[current.index]
    if (staying !== undefined && usable(staying)) return staying
    const index = this.members.findIndex(usable)
    if (index < 0) return undefined
    current.index = index
    return this.members[index]
  }
}

export function createFailover(
  { dynamic, endpoints, node }: FailoverConfig,
  definition: Definition,
  site: Site,
): FailoverEndpoint | undefined {
  if (endpoints.length === 0) {
    site.fail('element-missing', '<failover> needs at least one <endpoint>', spanOf(node))
    return undefined
  }
  const current = dynamic
    ? undefined
    : site.linker.state(`failover:${definition.path}`, String(endpoints.length), (): Current => ({ index: 0 }))
  return new FailoverEndpoint(definition, joined(endpoints), current)
}
