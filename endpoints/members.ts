import type { Endpoint } from 'viaduct'
import { DefinedEndpoint } from './defined-endpoint.ts'

/** Members told that they are in a group. */
export function joined(members: readonly Endpoint[]): readonly Endpoint[] {
  for (const member of members) if (member instanceof DefinedEndpoint) member.join()
  return members
}
