import type { FacilityDefinition, LazyDefinition } from 'viaduct'

/** What this room offers to the others: what messages prove and hide: WS-Security. */
export const facilities: readonly LazyDefinition<FacilityDefinition>[] = [
  { name: 'security', load: async () => (await import('./service/security-facility.ts')).security },
]
