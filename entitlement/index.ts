import type { FacilityDefinition, LazyDefinition, ServiceDefinition } from 'viaduct'
import { checkedPolicies } from './checked-policies.ts'
import { decisionsService } from './served/decisions-service.ts'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly (FacilityDefinition | LazyDefinition<FacilityDefinition>)[] = [
  { name: 'decisions', load: async () => (await import('./policies-facility.ts')).decisions },
  { name: 'entitlement', load: async () => (await import('./entitlement-facility.ts')).entitlement },
  { name: 'servedDecisions', load: async () => (await import('./served/served-decisions.ts')).servedDecisions },
]

/** What it serves to others. */
export const services: readonly ServiceDefinition[] = [checkedPolicies, decisionsService]
