import type { FacilityDefinition } from 'viaduct'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly FacilityDefinition[] = []
