const JMS = 'it belongs to JMS, which this bus does not speak yet'

/** Properties that Synapse's engine acts on, or defines, and that mean nothing here, by scope and name; with the reason. */
export const IDLE_PROPERTIES: ReadonlyMap<string, string> = new Map([
  ['default SET_ROLLBACK_ONLY', JMS],
  ['axis2 SET_ROLLBACK_ONLY', JMS],
  ['axis2 SET_RECOVER', JMS],
  ['axis2 FORCE_POST_PUT_NOBODY', 'Synapse defines it, but never reads it; set NO_ENTITY_BODY'],
  ['axis2 HTTP_SOCKET_TIMEOUT', 'Synapse defines it, but never reads it; give the endpoint a <timeout>'],
  ['axis2 enforceWSAddressing', 'requests with and without addressing headers are taken'],
  ['axis2-client transport.fix.ServiceName', 'it belongs to FIX, which this bus does not speak'],
  ['operation RESPONSE_WRITTEN', 'every client is answered, so that nothing can keep its answer back'],
  ['default SKIP_MAIN_SEQUENCE', 'what no proxy or API takes runs through main; end pre-mediate with <drop/>'],
])
