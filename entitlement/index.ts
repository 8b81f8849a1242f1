import type { FacilityDefinition } from 'viaduct'
import { decisions } from './policies-facility.ts'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly FacilityDefinition[] = [decisions]
