import {
  boolean,
  child,
  children,
  type Config,
  idle,
  integer,
  key,
  list,
  named,
  oneOf,
  regex,
  required,
  string,
} from 'viaduct'

const flow = {
  attributes: { onError: key('sequence', 'Sequence that handles faults of this one.') },
  content: 'pipeline',
} as const

/** Attributes of `<api>` (language reference 3.6). */
export const apiAttributes = {
  name: required(string('Name.')),
  context: required(string('Path below which requests belong to the API.')),
  hostname: string('Host name that the Host header must have.'),
  port: integer('Port that the Host header must have.', 0),
  version: string('Version.'),
  versionType: named(
    'version-type',
    oneOf(['url', 'context'], 'Where the version stands: after the context, or as {version} in it.'),
  ),
  versionParam: named(
    'version-param',
    idle(string('Without effect.'), 'version-param: give version-type="url" or "context"'),
  ),
  publishSwagger: string('Registry resource that GET of the context with ?swagger.json or ?swagger.yaml gives.'),
  enableSwaggerValidation: boolean('Whether requests are checked against the definition; only false.'),
  transports: list('http, https, or both.'),
  bindsTo: named('binds-to', list('Inbound endpoints it is reached by; `default` are the standard listeners.')),
}

const resource = children('resource', 'A set of paths and what happens to requests for them.', {
  attributes: {
    methods: list('HTTP methods it takes; all when absent.'),
    urlMapping: named('url-mapping', string('Exact path, prefix /…/*, or extension *.…')),
    uriTemplate: named('uri-template', string('Template such as /orders/{id}; variables become properties uri.var.….')),
    protocol: oneOf(['http', 'https'], 'Only requests that came this way.'),
    contentType: named('content-type', string('Only requests with exactly this Content-Type.')),
    userAgent: named('user-agent', regex('Only requests whose User-Agent matches as a whole.')),
    bindsTo: named('binds-to', list('Inbound endpoints it is reached by.')),
    inSequenceKey: named('inSequence', key('sequence', 'Sequence for requests.')),
    outSequenceKey: named('outSequence', key('sequence', 'Sequence for answers.')),
    faultSequenceKey: named('faultSequence', key('sequence', 'Sequence for faults.')),
  },
  children: {
    inSequence: child('inSequence', 'Sequence for requests.', flow),
    outSequence: child('outSequence', 'Sequence for answers; without one they go back as they are.', flow),
    faultSequence: child('faultSequence', 'Sequence for faults; without one the sequence `fault`.', flow),
  },
})

const handler = children('handler', 'A handler that sees every request and answer of the API.', {
  attributes: { class: required(string('Class of the handler.')) },
  children: {
    property: children('property', 'A property of the handler.', {
      attributes: { name: required(string('Name.')), value: string('Value.') },
    }),
  },
})

/** Children of `<api>`. */
export const apiChildren = {
  resource,
  handlers: child('handlers', 'Handlers, in the order in which they run.', { children: { handler } }),
}

export type ResourceConfig = Config<typeof resource.attributes, typeof resource.children>
export type HandlerConfig = Config<typeof handler.attributes, typeof handler.children>
