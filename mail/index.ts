import type { FacilityDefinition, ServiceDefinition } from 'viaduct'
import { mail } from './mail-facility.ts'
import { lettersService } from './letters-page.ts'

export { createMailtoSender } from './mailto-sender.ts'

/** What this room offers to the others: letters to people. */
export const facilities: readonly FacilityDefinition[] = [mail]

/** What it shows in the console. */
export const services: readonly ServiceDefinition[] = [lettersService]
