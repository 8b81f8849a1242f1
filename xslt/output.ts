import { DOCUMENT, ELEMENT, printXml, TEXT, type XmlDocument, type XmlElement, type XmlNode, XmlText } from 'viaduct'
import { printHtml } from './html-output.ts'
import { nameOf, type OutputSettings } from './output-settings.ts'

/** The method that a result is written by: without a setting, html for an `<html>` root, else xml (section 16). */
export function methodOf(result: XmlDocument, { method }: OutputSettings): 'xml' | 'html' | 'text' {
  if (method !== undefined) return method
  for (const child of result.children) {
    if (child.type === ELEMENT) return child.name.toLowerCase() === 'html' && child.namespace === '' ? 'html' : 'xml'
    if (child.type === TEXT && /[^\t\n\r ]/.test(child.value)) return 'xml'
  }
  return 'xml'
}

/** Writes a result as its settings say (XSLT 1.0, chapter 16). `raw` are texts that are not escaped. */
export function printResult(result: XmlDocument, settings: OutputSettings, raw: ReadonlySet<XmlText>): string {
  switch (methodOf(result, settings)) {
    case 'text':
      return textInside(result)
    case 'html':
      return printHtml(result, settings, raw)
    case 'xml':
      return printAsXml(result, settings, raw)
  }
}

function textInside(node: XmlDocument | XmlNode): string {
  if (node.type === TEXT) return node.value
  return node.type === ELEMENT || node.type === DOCUMENT ? node.children.map(textInside).join('') : ''
}

function printAsXml(result: XmlDocument, settings: OutputSettings, raw: ReadonlySet<XmlText>): string {
  const { encoding, omitDeclaration, standalone, indent, cdataElements } = settings
  const marks = new Map<string, string>()
  const prepared = result.children.map((child) => prepare(child, cdataElements, raw, marks))
  const alone = standalone === undefined ? '' : ` standalone="${standalone ? 'yes' : 'no'}"`
  let text = omitDeclaration
    ? ''
    : `<?xml version="1.0"${encoding === undefined ? '' : ` encoding="${encoding}"`}${alone}?>\n`
  const root = prepared.find((child) => child.type === ELEMENT)
  for (const child of prepared) {
    if (child === root && root !== undefined)
      text += doctype(root.prefix === '' ? root.name : `${root.prefix}:${root.name}`, settings)
    text += printXml(indent === true ? indented(child, 0) : child)
    if (child.type !== TEXT && (indent === true || child.type !== ELEMENT)) text += '\n'
  }
  for (const [mark, value] of marks) text = text.replace(mark, () => value)
  return text
}

function doctype(name: string, { doctypePublic, doctypeSystem }: OutputSettings): string {
  if (doctypeSystem === undefined) return ''
  return doctypePublic === undefined
    ? `<!DOCTYPE ${name} SYSTEM "${doctypeSystem}">\n`
    : `<!DOCTYPE ${name} PUBLIC "${doctypePublic}" "${doctypeSystem}">\n`
}

/** A copy with CDATA sections where the settings want them, and marks for texts that are not escaped. */
function prepare(
  node: XmlNode,
  cdata: ReadonlySet<string>,
  raw: ReadonlySet<XmlText>,
  marks: Map<string, string>,
): XmlNode {
  if (node.type === TEXT && raw.has(node)) {
    const mark = `\uE000${marks.size}\uE001`
    marks.set(mark, node.value)
    return new XmlText(mark, node.parent)
  }
  if (node.type !== ELEMENT) return node
  const isCdata = cdata.size > 0 && cdata.has(nameOf(node))
  node.children = node.children.map((child) =>
    isCdata && child.type === TEXT && !raw.has(child)
      ? new XmlText(child.value, node, true)
      : prepare(child, cdata, raw, marks),
  )
  return node
}

/** White space between elements, where there is no text (section 16.1). */
function indented(node: XmlNode, depth: number): XmlNode {
  if (node.type !== ELEMENT || node.children.length === 0) return node
  for (const child of node.children) indented(child, depth + 1)
  if (node.children.some(({ type }) => type === TEXT)) return node
  node.children = [...node.children.flatMap((child): XmlNode[] => [space(node, depth + 1), child]), space(node, depth)]
  return node
}

const space = (parent: XmlElement, depth: number): XmlText => new XmlText(`\n${'  '.repeat(depth)}`, parent)
