import type { FacilityDefinition } from 'viaduct'
import { security } from './service/security-facility.ts'

/** What this room offers to the others: what messages prove and hide: WS-Security. */
export const facilities: readonly FacilityDefinition[] = [security]
