import {
  type Config,
  decodeXml,
  ELEMENT,
  type MessageContext,
  parameter,
  parseXml,
  required,
  type Site,
  spanOf,
  type XmlElement,
  XmlError,
} from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { createLeaf } from '../leaf.ts'
import type { LeafEndpoint } from '../leaf-endpoint.ts'
import { leafAttributes, leafChildren } from '../leaf-shape.ts'
import { withRestPostfix } from '../rest-postfix.ts'
import { findAddress } from './find-address.ts'

export const wsdlShape = {
  attributes: {
    uri: parameter('Where the WSDL is; without it the WSDL stands inside.'),
    service: required(parameter('Name of the service in the WSDL.')),
    port: required(parameter('Name of the port of that service.')),
    ...leafAttributes,
  },
  children: leafChildren,
  content: 'xml',
} as const

export type WsdlConfig = Config<typeof wsdlShape.attributes, typeof wsdlShape.children>

/** An address that a WSDL gives (language reference 3.4). It counts failures only as a member of a group. */
export function createWsdl(config: WsdlConfig, definition: Definition, site: Site): LeafEndpoint | undefined {
  const source = sourceOf(config, site)
  const address = source && addressIn(source, config, site)
  if (address === undefined) return undefined
  const url = (ctx: MessageContext): string => withRestPostfix(address, ctx)
  return createLeaf({ notReady: 303002, suspendsAlone: false, wsdlUrl: config.uri, url }, config, definition, site)
}

/** The root of the WSDL. */
function sourceOf({ uri, node }: WsdlConfig, site: Site): XmlElement | undefined {
  if (uri === undefined) {
    const inline = elementsOf(node).find(
      ({ name, namespace }) => name === 'definitions' || (name === 'description' && namespace.includes('wsdl')),
    )
    if (inline === undefined) site.fail('element-missing', '<wsdl> needs a uri, or the WSDL inside', spanOf(node))
    return inline
  }
  const resource = site.linker.resource(uri)
  if (resource === undefined) {
    site.fail('resource-unreadable', `uri="${uri}" cannot be read`, spanOf(node))
    return undefined
  }
  try {
    return parseXml(decodeXml(resource.bytes)).root
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    site.fail('resource-unreadable', `${resource.file} is not well-formed: ${error.message}`, spanOf(node))
    return undefined
  }
}

const elementsOf = (parent: XmlElement): XmlElement[] =>
  parent.children.filter((child): child is XmlElement => child.type === ELEMENT)

function addressIn(root: XmlElement, { service, port, node }: WsdlConfig, site: Site): string | undefined {
  try {
    return findAddress(root, service, port)
  } catch (error) {
    site.fail('constraint-violated', error instanceof Error ? error.message : '', spanOf(node))
    return undefined
  }
}
