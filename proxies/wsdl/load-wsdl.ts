import { decodeXml, parseXml, type XmlDocument, XmlError } from 'viaduct'
import { importsOf, type Sources } from './description.ts'

/** A guard against descriptions that import without end. */
const MOST_IMPORTS = 200

/** `<resource>`s of publishWSDL: which key holds the document of a location. */
export type ResourceKeys = ReadonlyMap<string, string>

/** Where documents come from: a key or URL gives bytes. */
export type Read = (key: string) => Buffer | undefined

/** Reads a WSDL and what it imports. Throws an Error with a text for diagnostics. */
export function loadWsdl(root: XmlDocument, source: string, keys: ResourceKeys, read: Read): Sources {
  const imported = new Map<string, XmlDocument>()
  const open = importsOf(root).map((location) => ({ location, from: source }))
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { location, from } = next
    if (imported.has(location)) continue
    if (imported.size >= MOST_IMPORTS) throw new Error(`it imports more than ${MOST_IMPORTS} documents`)
    const key = keys.get(location) ?? relativeTo(from, location)
    const bytes = key === undefined ? undefined : read(key)
    // A document of the web stays where it is; its importers find it there.
    if (bytes === undefined && /^[a-z][a-z0-9+.-]*:/i.test(location)) continue
    if (bytes === undefined) throw new Error(`the imported document "${location}" cannot be read; give it a <resource>`)
    const document = parseDocument(bytes, location)
    imported.set(location, document)
    open.push(...importsOf(document).map((each) => ({ location: each, from: key ?? location })))
  }
  return { root, imported }
}

/** Parses one of them. Throws an Error that names it. */
export function parseDocument(bytes: Buffer, name: string): XmlDocument {
  try {
    return parseXml(decodeXml(bytes))
  } catch (error) {
    if (error instanceof XmlError) throw new Error(`${name} is not well-formed: ${error.message}`, { cause: error })
    throw error
  }
}

/** The key of a location that stands in the document of another key; undefined when it cannot be told. */
function relativeTo(source: string, location: string): string | undefined {
  if (source === '' || /^[a-z][a-z0-9+.-]*:/i.test(location)) return undefined
  const slash = source.lastIndexOf('/')
  const scheme = source.indexOf(':')
  const folder = source.slice(0, Math.max(slash, scheme) + 1)
  return normalized(folder + location)
}

function normalized(path: string): string {
  const kept: string[] = []
  for (const piece of path.split('/')) {
    if (piece === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (piece !== '.') kept.push(piece)
  }
  return kept.join('/')
}
