import {
  cloneElement,
  ELEMENT,
  type Endpoint,
  Headers,
  type Linker,
  type Reference,
  type Site,
  spanOf,
  XmlDocument,
  type XmlElement,
} from 'viaduct'
import { Description, type DescriptionOptions, type Sources } from './description.ts'
import { loadWsdl, parseDocument, type ResourceKeys } from './load-wsdl.ts'
import { skeletonWsdl } from './skeleton.ts'

/** `<publishWSDL>` as the loader read it. */
export interface PublishConfig {
  readonly uri: string | undefined
  readonly key: string | undefined
  readonly endpointKey: Reference<Endpoint> | undefined
  readonly preservePolicy: boolean
  readonly resource: readonly { readonly location: string; readonly key: string }[]
  readonly node: XmlElement
}

/** The description of a proxy; remote documents arrive before the deployment takes messages. */
export class Publication {
  /** Given by the configuration, so that requests can be checked against it. */
  readonly given: boolean
  description: Description | undefined

  constructor(given: boolean, description: Description | undefined) {
    this.given = given
    this.description = description
  }
}

const TIMEOUT = 10_000
const LARGEST = 16 * 1024 * 1024

/** Reads the WSDL that a proxy publishes, or makes one up. Mistakes are reported at `<publishWSDL>`. */
export function publish(
  config: PublishConfig | undefined,
  service: string,
  options: DescriptionOptions,
  site: Site,
): Publication {
  if (config === undefined) {
    return new Publication(false, new Description({ root: skeletonWsdl(service), imported: new Map() }, options))
  }
  const keys: ResourceKeys = new Map(config.resource.map(({ location, key }) => [location, key]))
  const full = { ...options, keepsPolicies: config.preservePolicy }
  const publication = new Publication(true, undefined)
  const { uri = config.key, endpointKey, node } = config
  const describe = (root: XmlDocument, source: string): void => {
    const sources: Sources = loadWsdl(root, source, keys, (key) => site.linker.resource(key)?.bytes)
    publication.description = new Description(sources, full)
  }
  const remote = endpointKey ?? (uri !== undefined && /^https?:/i.test(uri) ? uri : undefined)
  if (remote !== undefined) {
    site.linker.onStart(async () => {
      const url = typeof remote === 'string' ? remote : wsdlOf(remote)
      describe(parseDocument(await fetchDocument(url, site.linker), url), url)
    })
    return publication
  }
  try {
    if (uri === undefined) describe(inlineIn(node), '')
    else describe(read(uri, site.linker), uri)
  } catch (error) {
    site.fail(
      'resource-unreadable',
      `the WSDL of the proxy: ${error instanceof Error ? error.message : ''}`,
      spanOf(node),
    )
  }
  return publication
}

function read(key: string, linker: Linker): XmlDocument {
  const resource = linker.resource(key)
  if (resource === undefined) throw new Error(`"${key}" cannot be read`)
  return parseDocument(resource.bytes, resource.file)
}

function inlineIn(node: XmlElement): XmlDocument {
  const found = node.children.find((child): child is XmlElement => child.type === ELEMENT && child.name !== 'resource')
  if (found === undefined) throw new Error('<publishWSDL> needs uri, key, endpoint, or the WSDL inside')
  const document = new XmlDocument()
  const root = cloneElement(found, document)
  root.declarations = [...root.declarations, ...inherited(found)]
  document.children.push(root)
  return document
}

/** Declarations of the elements around, which prefixes in attribute values may need. */
function inherited(element: XmlElement): XmlElement['declarations'] {
  const known = new Set(element.declarations.map(({ prefix }) => prefix))
  const found: XmlElement['declarations'] = []
  for (let at = element.parent; at?.type === ELEMENT; at = at.parent) {
    for (const declaration of at.declarations) {
      if (declaration.prefix === '' || known.has(declaration.prefix)) continue
      known.add(declaration.prefix)
      found.push(declaration)
    }
  }
  return found
}

/** Endpoints of the bus know where their WSDL is. A static reference is bound by now and needs no message. */
function wsdlOf(reference: Reference<Endpoint>): string {
  if (reference.dynamic) throw new Error('publishWSDL needs the name of an endpoint, not an expression')
  const endpoint = reference.get(undefined as never) as Endpoint & { readonly wsdlUrl?: string | undefined }
  if (endpoint.wsdlUrl === undefined)
    throw new Error(`the endpoint ${endpoint.name} has no WSDL; publishWSDL takes address and wsdl endpoints`)
  return endpoint.wsdlUrl
}

async function fetchDocument(url: string, { services }: Linker): Promise<Buffer> {
  const sender = services.senders.get(url.slice(0, url.indexOf(':')).toLowerCase())
  if (sender === undefined) throw new Error(`${url} cannot be read: there is no such transport`)
  const { status, message } = await sender.send(
    { method: 'GET', url, headers: new Headers(), body: undefined, timeout: TIMEOUT },
    () => {},
  )
  await message.build(LARGEST)
  if (status !== 200 || message.bytes === undefined) throw new Error(`${url} answered with status ${status}`)
  return message.bytes
}
