import { defineService } from 'viaduct'

/** Serves the policies of the home to others where the settings switch that on. */
export const decisionsService = defineService({
  name: 'decisions',
  summary: 'The decision point of the home for other buses: EntitlementService, thrift, REST, AuthZEN.',
  create(linker) {
    const { soap, wsXacml, rest, authzen, thriftPort } = linker.services.settings.entitlement.served
    const on = soap || wsXacml || rest || authzen || thriftPort >= 0
    return on ? linker.facility('servedDecisions') : undefined
  },
})
