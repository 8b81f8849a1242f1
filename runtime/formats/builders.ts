import { Fault } from '../fault.ts'
import { xmlToJsonValue } from '../json/from-xml.ts'
import { jsonMapping } from '../json/mapping.ts'
import { JsonError, parseJson } from '../json/parse.ts'
import { jsonToXml } from '../json/to-xml.ts'
import type { JsonValue } from '../json/value.ts'
import type { Settings } from '../settings.ts'
import { bodyChild, createEnvelope } from '../soap/envelope.ts'
import { binaryPayload, textPayload } from '../soap/payload.ts'
import type { XmlDocument, XmlNode } from '../xml/tree.ts'
import { bodyText } from './body-text.ts'
import { formToXml } from './form.ts'
import { formDataToXml } from './form-data.ts'
import type { Content, Infoset } from './infoset.ts'
import { type Format, formatOf, mediaType, parameterOf } from './media-type.ts'
import { buildRelated } from './related.ts'
import { buildXml } from './xml-builder.ts'

/**
 * Builds the infoset of a message by its Content-Type (language reference, section 6). Throws Fault 601000 when the body is
 * not what its type says, VersionMismatch when the envelope is of another SOAP version.
 */
export function buildInfoset(content: Content): Infoset {
  const { bytes, contentType } = content
  const format = formatOf(contentType)
  if (bytes === undefined || (bytes.length === 0 && format !== 'related')) return emptyInfoset(content)
  return format === undefined ? buildUnknown(bytes, content) : BUILDERS[format](bytes, content)
}

type Builder = (bytes: Buffer, content: Content) => Infoset

const BUILDERS: Readonly<Record<Format, Builder>> = {
  soap11: (bytes, content) => buildXml(bytes, content, content.headers.has('SOAPAction') ? '1.1' : 'any'),
  soap12: (bytes, content) => buildXml(bytes, content, '1.2'),
  xml: (bytes, content) => buildXml(bytes, content, 'none'),
  json: (bytes, content) => jsonInfoset(readJson(bytes, content.contentType), content),
  form: (bytes, content) => rest(formToXml(queryOf(content), textOf(bytes, content))),
  'form-data': (bytes, { contentType = '' }) => rest(formDataToXml(bytes, contentType)),
  related: buildRelated,
  text: (bytes, content) => rest(textPayload(textOf(bytes, content))),
  binary: (bytes, { contentType }) => rest(binaryPayload(bytes, contentType)),
}

const textOf = (bytes: Buffer, { contentType }: Content): string => bodyText(bytes, parameterOf(contentType, 'charset'))

/** The infoset of a JSON value. */
export function jsonInfoset(value: JsonValue, { settings }: Pick<Content, 'settings'>): Infoset {
  return rest(jsonToXml(value, jsonMapping(settings.properties)))
}

/** Reads a JSON body: UTF-8, or what its charset parameter or byte order mark says. Throws Fault 601000. */
export function readJson(bytes: Buffer, contentType: string | undefined): JsonValue {
  const text = bodyText(bytes, parameterOf(contentType, 'charset'))
  try {
    return parseJson(text)
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause
    throw new Fault(601000, `the JSON body is malformed: ${cause.message}`, { cause })
  }
}

/** The JSON value of an XML payload; null when there is no payload. */
export function payloadJson(tree: XmlDocument, { properties }: Settings): JsonValue {
  const payload = bodyChild(tree)
  return payload === undefined ? null : xmlToJsonValue(payload, jsonMapping(properties))
}

/** A message without a body: parameters of the URL are its payload, as for a form. */
function emptyInfoset(content: Content): Infoset {
  const { contentType } = content
  const format = formatOf(contentType)
  const query = format === undefined || format === 'form' ? queryOf(content) : undefined
  const version = format === 'soap12' ? '1.2' : '1.1'
  const payload = query === undefined ? [] : [formToXml(query)]
  return { tree: createEnvelope(version, payload), rest: format !== 'soap11' && format !== 'soap12' }
}

/** Types that no builder claims: XML when the body looks like it, text, else bytes. */
function buildUnknown(bytes: Buffer, content: Content): Infoset {
  const { contentType, headers } = content
  const type = contentType === undefined ? '' : mediaType(contentType)
  if (headers.has('SOAPAction')) return buildXml(bytes, content, 'any')
  if (type.startsWith('text/')) return rest(textPayload(textOf(bytes, content)))
  if (type !== '' && looksLikeXml(bytes)) return buildXml(bytes, content, 'none')
  return rest(binaryPayload(bytes, contentType))
}

const rest = (payload: XmlNode): Infoset => ({ tree: createEnvelope('1.1', [payload]), rest: true })

function queryOf({ target }: Content): string | undefined {
  const at = target?.indexOf('?') ?? -1
  return target === undefined || at < 0 || at + 1 === target.length ? undefined : target.slice(at + 1)
}

function looksLikeXml(bytes: Buffer): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return bytes[at] === 0x3c
}
