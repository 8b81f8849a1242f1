import type { FacilityDefinition } from 'viaduct'

/** What this room offers to the others: what waits for a decision of people. */
export const facilities: readonly FacilityDefinition[] = []
