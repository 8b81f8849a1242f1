import type { FacilityDefinition } from 'viaduct'
import { users } from './users-facility.ts'

export { hashPassword, sameText } from './password-hash.ts'
export { kindOfStore } from './users-facility.ts'
export { DatabaseUsers } from './database-users.ts'

/** What this room offers to the others: who the users are. */
export const facilities: readonly FacilityDefinition[] = [users]
