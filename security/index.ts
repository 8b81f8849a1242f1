import type { FacilityDefinition } from 'viaduct'

/** What this room offers to the others: what messages prove and hide: WS-Security. */
export const facilities: readonly FacilityDefinition[] = []
