import type { FacilityDefinition, LazyDefinition, LazyService, ServiceDefinition } from 'viaduct'
import { checkedPolicies } from './checked-policies.ts'

/** What this room offers to the others: policy decisions: XACML. */
export const facilities: readonly (FacilityDefinition | LazyDefinition<FacilityDefinition>)[] = [
  { name: 'decisions', load: async () => (await import('./policies-facility.ts')).decisions },
  { name: 'entitlement', load: async () => (await import('./entitlement-facility.ts')).entitlement },
]

/** What it checks with every deployment, and what it serves to others where the settings switch that on. */
export const services: readonly (ServiceDefinition | LazyService)[] = [
  checkedPolicies,
  {
    name: 'decisions',
    when({ services: { settings } }) {
      const { soap, wsXacml, rest, authzen, thriftPort } = settings.entitlement.served
      return soap || wsXacml || rest || authzen || thriftPort >= 0
    },
    load: async () => (await import('./served/served-decisions.ts')).servedDecisions,
  },
]
