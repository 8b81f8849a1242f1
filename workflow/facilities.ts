import type { FacilityDefinition, LazyDefinition, LazyService } from 'viaduct'
import { extensionsFile } from './extensions/extensions-file.ts'

/** What this room offers to the others: what waits for a decision of people. */
export const facilities: readonly LazyDefinition<FacilityDefinition>[] = [
  { name: 'workflows', load: async () => (await import('./workflows-facility.ts')).workflows },
]

/** What it serves and shows where a home has workflows, or had some: what was begun can still be decided. */
export const services: readonly LazyService[] = [
  {
    name: 'workflow',
    when: (linker) => extensionsFile(linker) !== undefined || linker.facility('database')?.exists() === true,
    load: async () => (await import('./workflow-service.ts')).workflowService,
  },
]
