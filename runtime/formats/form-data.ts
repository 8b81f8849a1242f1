import busboy from 'busboy'
import { Fault } from '../fault.ts'
import { FORM } from './form.ts'
import { xmlName } from '../json/to-xml.ts'
import { XmlAttribute, XmlElement, XmlText } from '../xml/tree.ts'

/** Parts of one message (reliability 5.3). */
const PARTS = 1_000
const HEADERS_PER_PART = 100

/**
 * `<xformValues>` with one element for every field of multipart/form-data. Files are binary text, with their file name and
 * type as attributes.
 */
export function formDataToXml(bytes: Buffer, contentType: string): XmlElement {
  const form = new XmlElement(FORM)
  const files: (() => void)[] = []
  let failure: Error | undefined
  const parser = open(bytes, contentType)
  parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
    if (nameTruncated || valueTruncated) failure ??= new Error('a field is too long')
    addText(addElement(form, name), value)
  })
  parser.on('file', (name, stream, { filename, mimeType }) => {
    const element = addElement(form, name)
    setAttributes(element, { filename: filename ?? '', 'content-type': mimeType })
    // The parser works through the whole text inside end(), so each file is complete in its buffer afterwards.
    files.push(() =>
      addText(element, { bytes: (stream.read() as Buffer | null) ?? Buffer.alloc(0), contentType: mimeType }),
    )
    stream.on('error', (error: Error) => (failure ??= error))
  })
  parser.on('partsLimit', () => (failure ??= new Error(`there are more than ${PARTS} parts`)))
  parser.on('error', (error) => (failure ??= error as Error))
  parser.end(bytes)
  failure ??= parser.errored ?? undefined
  if (failure !== undefined) throw malformed(failure)
  for (const keep of files) keep()
  return form
}

function open(bytes: Buffer, contentType: string): busboy.Busboy {
  const size = bytes.length + 1
  try {
    return busboy({
      headers: { 'content-type': contentType },
      highWaterMark: size,
      fileHwm: size,
      defParamCharset: 'utf8',
      limits: { parts: PARTS, headerPairs: HEADERS_PER_PART, fieldSize: size, fieldNameSize: 1024 },
    })
  } catch (cause) {
    throw malformed(cause)
  }
}

const malformed = (cause: unknown): Fault =>
  new Fault(
    601000,
    `the multipart/form-data body is malformed: ${cause instanceof Error ? cause.message : 'unknown reason'}`,
    { cause },
  )

function addElement(form: XmlElement, name: string): XmlElement {
  const element = new XmlElement(xmlName(name), '', '', form)
  form.children.push(element)
  return element
}

function addText(element: XmlElement, content: ConstructorParameters<typeof XmlText>[0]): void {
  if (content !== '') element.children.push(new XmlText(content, element))
}

function setAttributes(element: XmlElement, values: Readonly<Record<string, string>>): void {
  element.attributes = Object.entries(values).map(([name, value]) => new XmlAttribute(name, value, '', '', element))
}
