import type { FacilityDefinition, LazyDefinition } from 'viaduct'

/** What this room offers to the others: what messages prove and hide: WS-Security. */
export const facilities: readonly (FacilityDefinition | LazyDefinition<FacilityDefinition>)[] = [
  { name: 'security', load: async () => (await import('./service/security-facility.ts')).security },
  { name: 'signing', load: async () => (await import('./document/document-signing.ts')).signing },
]
