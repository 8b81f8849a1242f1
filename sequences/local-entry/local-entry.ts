import {
  defineArtifact,
  ELEMENT,
  type LocalEntry,
  parseXml,
  printXml,
  required,
  type Site,
  string,
  TEXT,
  type XmlElement,
  XmlError,
} from 'viaduct'

/** A text, an XML element, or what a URL gives, under a name (language reference 3.1). */
export const localEntry = defineArtifact({
  name: 'localEntry',
  kind: 'localEntry',
  folders: ['local-entries'],
  nameAttribute: 'key',
  summary: 'A text, an XML element or the content of a URL, under a name.',
  attributes: {
    key: required(string('Name.')),
    src: string('URL of the content (file:, http:, https:), read when the configuration is deployed.'),
    type: string('Not used; some tools write it.'),
  },
  content: 'xml',
  compile({ key, src, node }, site): LocalEntry | undefined {
    if (src !== undefined && src !== '') return fromUrl(key, src, site)
    const element = contentOf(node)
    const text = element === undefined ? textOf(node) : printXml(element)
    return { key, text, element, file: site.at.file }
  },
})

/** The first element that is not a description wins over text beside it. */
const contentOf = (node: XmlElement): XmlElement | undefined =>
  node.children.find((child): child is XmlElement => child.type === ELEMENT && child.name !== 'description')

function textOf(node: XmlElement): string {
  let text = ''
  for (const child of node.children) if (child.type === TEXT) text += child.value
  return text.trim()
}

function fromUrl(key: string, src: string, site: Site): LocalEntry | undefined {
  const resource = site.linker.resource(src)
  if (resource !== undefined) return { key, file: resource.file, ...parsed(resource.bytes.toString('utf8')) }
  site.fail('resource-unreadable', `src="${src}" cannot be read`)
  return undefined
}

/** XML when it is well-formed XML, else text. */
function parsed(text: string): Pick<LocalEntry, 'text' | 'element'> {
  const trimmed = text.trim()
  if (!trimmed.startsWith('<')) return { text: trimmed, element: undefined }
  try {
    return { text: trimmed, element: parseXml(trimmed).root }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return { text: trimmed, element: undefined }
  }
}
