import { child, children, defineArtifact, key, type Mediator, named, nested, parameter, required, type Site, string } from 'viaduct'
import { addressShape, createAddress } from './address/address.ts'
import type { DefinedEndpoint, Definition } from './defined-endpoint.ts'
import { compileProperties, propertyChildren } from './defined-properties.ts'

/** A place where messages leave: one address, a group, or a reference to another endpoint (language reference 3.2, 3.4). */
export const endpoint = defineArtifact({
  name: 'endpoint',
  folders: ['endpoints'],
  summary: 'A place where messages leave.',
  attributes: {
    name: parameter('Name, by which others refer to it.'),
    key: key('endpoint', 'Name of the endpoint this one stands for.'),
    keyExpression: named('key-expression', {
      ...string('Expression that gives the name of the endpoint for every message.'),
      read: (text, reading) => reading.linker.reference('endpoint', `{${text}}`, reading),
    }),
    template: string('Name of the endpoint template this one is an instance of.'),
    uri: parameter('Value of the parameter `uri` of the template.'),
    onError: key('sequence', 'Sequence that handles failures of this endpoint.'),
  },
  children: {
    property: propertyChildren,
    parameter: children('parameter', 'A value for a parameter of the template.', {
      attributes: { name: required(string('Name.')), value: required(parameter('Value.')) },
    }),
    address: child('address', 'A fixed address.', addressShape),
  },
  compile(config, site): DefinedEndpoint | undefined {
    const { name, onError, property, address } = config
    const handler: Mediator | undefined = onError && ((ctx) => nested(onError.get(ctx).mediator, ctx))
    const definition: Definition = {
      name: name ?? site.path,
      path: site.path,
      onError: handler,
      properties: compileProperties(property, site),
    }
    if (address) return createAddress(address, definition, site)
    return missing(site)
  },
})

function missing(site: Site): undefined {
  site.fail('element-missing', 'an endpoint needs a key, a template, or one of <address>, <http>, …')
}
