import type { FacilityDefinition } from 'viaduct'
import { database } from './database-facility.ts'

export { openDatabase, type OpenDatabase } from './open-database.ts'

/** What this room offers to the others: a place for what must not be lost. */
export const facilities: readonly FacilityDefinition[] = [database]
