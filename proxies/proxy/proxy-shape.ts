import {
  boolean,
  child,
  children,
  idle,
  key,
  list,
  named,
  oneOf,
  parameter,
  required,
  requiredChild,
  string,
  withDefault,
} from 'viaduct'

const inline = {
  attributes: { onError: key('sequence', 'Sequence that handles faults of this one.') },
  content: 'pipeline',
} as const

/** Attributes of `<proxy>` (language reference 3.5). */
export const proxyAttributes = {
  name: required(string('Name: the service is at /services/<name>.')),
  transports: list('Transports it is reached by; all when absent or `all`.'),
  pinnedServers: list('Names of the servers it is deployed on; all when absent.'),
  startOnLoad: withDefault(true, boolean('Whether it takes messages as soon as it is deployed.')),
  serviceGroup: idle(string('Without effect.'), 'serviceGroup: services are not grouped here'),
}

/** Children of `<proxy>`. */
export const proxyChildren = {
  target: requiredChild('target', 'What happens to its messages.', {
    attributes: {
      inSequenceKey: named('inSequence', key('sequence', 'Sequence for requests.')),
      outSequenceKey: named('outSequence', key('sequence', 'Sequence for answers.')),
      faultSequenceKey: named('faultSequence', key('sequence', 'Sequence for faults.')),
      endpointKey: named(
        'endpoint',
        key('endpoint', 'Endpoint that requests go to when the in sequence goes through.'),
      ),
    },
    children: {
      inSequence: child('inSequence', 'Sequence for requests.', inline),
      outSequence: child('outSequence', 'Sequence for answers; without one they go back as they are.', inline),
      faultSequence: child('faultSequence', 'Sequence for faults; without one the sequence `fault`.', inline),
    },
    content: 'endpoint',
  }),
  publishWSDL: child('publishWSDL', 'The description that ?wsdl gives.', {
    attributes: {
      uri: parameter('URL of the WSDL.'),
      key: string('Local entry or registry resource that holds the WSDL.'),
      endpointKey: named('endpoint', key('endpoint', 'Address or WSDL endpoint whose WSDL is published.')),
      preservePolicy: withDefault(true, boolean('Whether policies in the WSDL stay in it.')),
    },
    children: {
      resource: children('resource', 'A document that the WSDL imports.', {
        attributes: {
          location: required(string('The location by which it is imported.')),
          key: required(string('Local entry or registry resource that holds it.')),
        },
      }),
    },
    content: 'xml',
  }),
  policy: children('policy', 'A WS-Policy of the service.', {
    attributes: {
      key: required(string('Local entry or registry resource that holds it.')),
      type: oneOf(['in', 'out'], 'Direction.'),
      operationName: string('Operation.'),
      operationNamespace: string('Namespace of the operation.'),
    },
  }),
  parameter: children('parameter', 'A parameter of the service.', {
    attributes: { name: required(string('Name.')), locked: string('Whether other places may set it again; none can.') },
    content: 'xml',
  }),
  enableAddressing: child('enableAddressing', 'Engages WS-Addressing; it is always understood.'),
  enableSec: child('enableSec', 'Engages WS-Security.', { attributes: { policy: string('Policy.') } }),
  enableRM: child('enableRM', 'Engages WS-ReliableMessaging.'),
}
