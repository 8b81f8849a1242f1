import type { FacilityDefinition, LazyDefinition, ServiceDefinition } from 'viaduct'
import { decisions } from './policies-facility.ts'
import { servedDecisions } from './served/served-decisions.ts'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly (FacilityDefinition | LazyDefinition<FacilityDefinition>)[] = [
  decisions,
  { name: 'entitlement', load: async () => (await import('./entitlement-facility.ts')).entitlement },
]

/** What it serves to others. */
export const services: readonly ServiceDefinition[] = [servedDecisions]
