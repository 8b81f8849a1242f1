import { jsonKey } from '../json/to-xml.ts'
import { TEXT, XmlElement, XmlText } from '../xml/tree.ts'
import type { Written } from './writing.ts'
import { TYPE_OF } from './media-type.ts'

/** Files in the notation of WSO2's form-data formatter: attributes `name`, `filename`, `content-type`, base64 content. */
export const FILE_NAMESPACE = 'http://org.apache.axis2/xsd/form-data'

/** The children of the payload as parts of multipart/form-data (RFC 7578); binary content and named files keep their bytes. */
export function xmlToFormData(payload: XmlElement | undefined, id: string): Written {
  const boundary = `viaduct-${id}`
  const chunks: Buffer[] = []
  for (const child of payload?.children ?? []) {
    if (!(child instanceof XmlElement)) continue
    chunks.push(Buffer.from(`--${boundary}\r\n${head(child)}\r\n\r\n`), content(child), Buffer.from('\r\n'))
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`))
  return { body: Buffer.concat(chunks), contentType: `${TYPE_OF['form-data']}; boundary=${boundary}` }
}

function head(field: XmlElement): string {
  const binary = onlyText(field)?.binary
  const filename = attribute(field, 'filename')
  const type = attribute(field, 'content-type') ?? binary?.contentType
  const name = field.namespace === FILE_NAMESPACE ? (attribute(field, 'name') ?? field.name) : jsonKey(field.name)
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"${filename === undefined ? '' : `; filename="${quoted(filename)}"`}`
  return type === undefined ? disposition : `${disposition}\r\nContent-Type: ${type.replaceAll(/[\r\n]/g, ' ')}`
}

function content(field: XmlElement): Buffer {
  const binary = onlyText(field)?.binary
  if (binary !== undefined) return binary.bytes
  let text = ''
  for (const child of field.children) if (child.type === TEXT) text += child.value
  return field.namespace === FILE_NAMESPACE ? Buffer.from(text, 'base64') : Buffer.from(text)
}

function onlyText({ children }: XmlElement): XmlText | undefined {
  return children.length === 1 && children[0] instanceof XmlText ? children[0] : undefined
}

const attribute = (field: XmlElement, name: string): string | undefined =>
  field.attributes.find((candidate) => candidate.name === name)?.value

/** As browsers escape names (WHATWG HTML, multipart/form-data encoding algorithm). */
const quoted = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
