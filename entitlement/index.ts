import type { FacilityDefinition } from 'viaduct'
import { entitlement } from './entitlement-facility.ts'
import { decisions } from './policies-facility.ts'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly FacilityDefinition[] = [decisions, entitlement]
