import type { FacilityDefinition, ServiceDefinition } from 'viaduct'
import { entitlement } from './entitlement-facility.ts'
import { decisions } from './policies-facility.ts'
import { servedDecisions } from './served/served-decisions.ts'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly FacilityDefinition[] = [decisions, entitlement]

/** What it serves to others. */
export const services: readonly ServiceDefinition[] = [servedDecisions]
