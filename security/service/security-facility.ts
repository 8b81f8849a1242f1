import { defineFacility } from 'viaduct'
import { PolicySecurity } from './message-security.ts'

/** WS-Security for proxies and endpoints. */
export const security = defineFacility({
  name: 'security',
  summary: 'Verifies and secures messages as policies ask.',
  create: (linker) => new PolicySecurity(linker),
})
