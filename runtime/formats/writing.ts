import type { MimePart } from '../mime/index.ts'
import { encodeXml } from '../xml/encode.ts'
import { printXml } from '../xml/print.ts'
import type { XmlDocument, XmlNode } from '../xml/tree.ts'

/** What is said about the writing of one message. */
export interface Writing {
  /** Content-Type that a flow asked for. */
  readonly contentType: string | undefined
  readonly charset: string
  /** Whether the Content-Type names the charset. */
  readonly nameCharset: boolean
  readonly action: string | undefined
  readonly optimize: 'mtom' | 'swa' | undefined
  readonly preserveSpaces: boolean
  /** Changes to the envelope on its way out: addressing headers. Gets a copy. */
  readonly revise: ((draft: XmlDocument) => void) | undefined
  /** Secures the finished envelope, a copy of all of it. */
  readonly seal?: ((envelope: XmlDocument) => ReadonlyMap<string, MimePart> | undefined) | undefined
  readonly uuid: () => string
}

export interface Written {
  /** Undefined when there is no payload at all. */
  readonly body: Buffer | undefined
  readonly contentType: string
}

/**
 * XML as bytes. A declaration is written with an envelope, in the spelling of Axis2 that clients compare with, and wherever the
 * charset would not be guessed.
 */
export function xmlBytes(node: XmlNode | XmlDocument, charset: string, declared: boolean): Buffer {
  const text = printXml(node)
  const utf8 = charset.toLowerCase() === 'utf-8'
  return encodeXml(declared || !utf8 ? `<?xml version='1.0' encoding='${charset}'?>${text}` : text, charset)
}

/** A Content-Type with the charset, unless it has one or nobody wants it. */
export function labelled(type: string, { charset, nameCharset }: Pick<Writing, 'charset' | 'nameCharset'>): string {
  return nameCharset && !type.toLowerCase().includes('charset') ? `${type}; charset=${charset}` : type
}
