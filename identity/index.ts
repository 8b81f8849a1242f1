import type { FacilityDefinition } from 'viaduct'

/** What this room offers to the others: who the users are. */
export const facilities: readonly FacilityDefinition[] = []
