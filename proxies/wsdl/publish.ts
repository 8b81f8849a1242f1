import {
  cloneElement,
  ELEMENT,
  type Endpoint,
  type Linker,
  type Reference,
  type Site,
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

/** The description of a proxy. */
export interface Publication {
  /** Given by the configuration, so that requests can be checked against it. */
  readonly given: boolean
  /** Undefined until the configuration is linked, when it is that of an endpoint. */
  readonly description: Description | undefined
}

/** Made up when somebody asks for it: hardly anybody does, and a home may have hundreds of proxies. */
class Skeleton implements Publication {
  readonly given = false
  readonly #service: string
  readonly #options: DescriptionOptions
  #description: Description | undefined

  constructor(service: string, options: DescriptionOptions) {
    this.#service = service
    this.#options = options
  }

  get description(): Description {
    return (this.#description ??= new Description(
      { root: skeletonWsdl(this.#service), imported: new Map() },
      this.#options,
    ))
  }
}

/** Reads the WSDL that a proxy publishes, or makes one up. `failed` gets what is wrong with it. */
export function publish(
  config: PublishConfig | undefined,
  service: string,
  options: DescriptionOptions,
  site: Site,
  failed: (reason: string) => void,
): Publication {
  if (config === undefined) return new Skeleton(service, options)
  const publication: { given: true; description: Description | undefined } = { given: true, description: undefined }
  const full = { ...options, keepsPolicies: config.preservePolicy }
  const describe = (): void => {
    try {
      publication.description = new Description(sourcesOf(config, site.linker), full)
    } catch (error) {
      failed(`the WSDL of the proxy ${service}: ${error instanceof Error ? error.message : ''}`)
    }
  }
  if (config.endpointKey === undefined) describe()
  else site.linker.onLinked(describe)
  return publication
}

function sourcesOf(config: PublishConfig, linker: Linker): Sources {
  const { endpointKey, node } = config
  const keys: ResourceKeys = new Map(config.resource.map(({ location, key }) => [location, key]))
  const key = endpointKey === undefined ? (config.uri ?? config.key) : wsdlOf(endpointKey)
  const root = key === undefined ? inlineIn(node) : read(key, linker)
  return loadWsdl(root, key ?? '', keys, (each) => linker.resource(each)?.bytes)
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
