import { Fault } from '../fault.ts'
import { decodeXml } from '../xml/decode.ts'
import { XmlError } from '../xml/xml-error.ts'

/** Text of a body. The byte order mark counts first, then the charset given, then UTF-8. Throws Fault 601000. */
export function bodyText(bytes: Buffer, charset: string | undefined): string {
  try {
    return decodeXml(bytes, charset ?? 'utf-8')
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    throw new Fault(601000, `the text of the body cannot be read: ${cause.message}`, { cause })
  }
}
