import type { Message } from '../message.ts'
import type { MimePart } from '../mime/index.ts'
import { Fault } from '../fault.ts'
import { jsonMapping } from '../json/mapping.ts'
import { printJson } from '../json/print.ts'
import { xmlToJson } from '../json/from-xml.ts'
import { printableAction } from '../soap/addressing.ts'
import { convertEnvelope } from '../soap/convert.ts'
import { draftEnvelope } from '../soap/draft.ts'
import { bodyChild, cloneDocument, soapVersion, type SoapVersion } from '../soap/envelope.ts'
import { payloadBytes, payloadText } from '../soap/payload.ts'
import { encodeText } from '../xml/encode.ts'
import { XmlError } from '../xml/xml-error.ts'
import { xmlToForm } from './form.ts'
import { xmlToFormData } from './form-data-writer.ts'
import { type Format, mediaType, TYPE_OF } from './media-type.ts'
import { writeRelated } from './related-writer.ts'
import { xmlBytes, labelled, type Writing, type Written } from './writing.ts'

/** Writes a message in a format (language reference, section 6). Throws a Fault when its content cannot be written so. */
export function writeFormat(message: Message, format: Format, writing: Writing): Written {
  try {
    return FORMATTERS[format](message, writing)
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    throw new Fault(0, `the message cannot be written: ${cause.message}`, { cause })
  }
}

type Formatter = (message: Message, writing: Writing) => Written

const FORMATTERS: Readonly<Record<Format, Formatter>> = {
  soap11: (message, writing) => writeSoap(message, '1.1', writing),
  soap12: (message, writing) => writeSoap(message, '1.2', writing),
  xml: writePlainXml,
  json: writeJson,
  form: (message, writing) => ({
    body: Buffer.from(xmlToForm(bodyChild(message.tree))),
    contentType: labelled(TYPE_OF.form, writing),
  }),
  'form-data': (message, writing) => xmlToFormData(bodyChild(message.tree), writing.uuid()),
  related: (message, writing) =>
    writeSoap(message, soapVersion(message.tree), { ...writing, optimize: writing.optimize ?? 'mtom' }),
  text: (message, writing) => ({
    body: encodeText(payloadText(message.tree) ?? '', writing.charset),
    contentType: labelled(writing.contentType ?? TYPE_OF.text, writing),
  }),
  binary: (message, writing) => ({
    body: payloadBytes(message.tree) ?? Buffer.alloc(0),
    contentType: writing.contentType ?? message.contentType ?? TYPE_OF.binary,
  }),
}

function writeSoap(message: Message, version: SoapVersion, writing: Writing): Written {
  const { revise, seal, optimize, action } = writing
  let { tree } = message
  let attachments: ReadonlyMap<string, MimePart> = message.attachments
  if (seal !== undefined || soapVersion(tree) !== version || revise !== undefined) {
    tree = seal === undefined ? draftEnvelope(tree) : cloneDocument(tree)
    convertEnvelope(tree, version)
    revise?.(tree)
    attachments = seal?.(tree) ?? attachments
  }
  if (optimize !== undefined) return writeRelated(tree, attachments, { ...writing, optimize, version })
  const type = labelled(version === '1.1' ? TYPE_OF.soap11 : TYPE_OF.soap12, writing)
  return {
    body: xmlBytes(tree, writing.charset, true),
    contentType: version === '1.2' && action !== undefined ? `${type}; action="${printableAction(action)}"` : type,
  }
}

/** The payload without an envelope. */
function writePlainXml(message: Message, writing: Writing): Written {
  const payload = bodyChild(message.tree)
  const asked = writing.contentType
  const soap = asked !== undefined && (mediaType(asked) === TYPE_OF.soap11 || mediaType(asked) === TYPE_OF.soap12)
  return {
    body: payload === undefined ? undefined : xmlBytes(payload, writing.charset, false),
    contentType: labelled(asked === undefined || soap ? TYPE_OF.xml : asked, writing),
  }
}

function writeJson(message: Message, writing: Writing): Written {
  const contentType = labelled(writing.contentType ?? TYPE_OF.json, writing)
  const text = message.isJson ? printJson(message.json) : jsonOf(message, writing.preserveSpaces)
  return {
    body:
      text === undefined ? undefined : encodeText(isUnicode(writing.charset) ? text : asciiJson(text), writing.charset),
    contentType,
  }
}

function jsonOf(message: Message, preserveSpaces: boolean): string | undefined {
  const payload = bodyChild(message.tree)
  return payload === undefined
    ? undefined
    : xmlToJson(payload, jsonMapping(message.settings.properties), { preserveSpaces })
}

const isUnicode = (charset: string): boolean => charset.toLowerCase().startsWith('utf')

/** JSON can say every character in ASCII. */
const asciiJson = (text: string): string =>
  text.replaceAll(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
