import { Fault } from '../fault.ts'
import { jsonKey, xmlName } from '../json/to-xml.ts'
import { TEXT, XmlElement, XmlText } from '../xml/tree.ts'

/** Name of the element that holds the parameters of a form. */
export const FORM = 'xformValues'

/** Parameters of one form: an element of the tree is a hundred times as large as a short parameter (reliability 5.3). */
const MOST_FIELDS = 10_000

/** `<xformValues>` with one element for every parameter of the texts, in order (language reference, section 6). Throws Fault 601000 for too many. */
export function formToXml(...texts: (string | undefined)[]): XmlElement {
  const form = new XmlElement(FORM)
  for (const text of texts) {
    if (text === undefined) continue
    for (const [name, value] of parseForm(text)) {
      if (form.children.length >= MOST_FIELDS)
        throw new Fault(601000, `the form has more than ${MOST_FIELDS} parameters`)
      addField(form, name, value)
    }
  }
  return form
}

export function addField(form: XmlElement, name: string, value: string): void {
  const field = new XmlElement(xmlName(name), '', '', form)
  if (value !== '') field.children.push(new XmlText(value, field))
  form.children.push(field)
}

/** Name and value pairs of application/x-www-form-urlencoded text. Escapes that are wrong stay as they are. */
export function* parseForm(text: string): Generator<[name: string, value: string]> {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('&', at)
    const pair = text.slice(at, end < 0 ? text.length : end)
    at += pair.length + 1
    if (pair === '') continue
    const equals = pair.indexOf('=')
    if (equals < 0) yield [unescape(pair), '']
    else yield [unescape(pair.slice(0, equals)), unescape(pair.slice(equals + 1))]
  }
}

function unescape(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** `name=value` pairs of the children of the first payload element, escaped as UTF-8, blanks as `%20`. */
export function xmlToForm(payload: XmlElement | undefined): string {
  if (payload === undefined) return ''
  const pairs: string[] = []
  for (const child of payload.children) {
    if (child instanceof XmlElement) pairs.push(`${escape(jsonKey(child.name))}=${escape(textOf(child))}`)
  }
  return pairs.join('&')
}

/** Escapes as java.net.URLEncoder does, with `%20` for blanks. */
const escape = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

function textOf(element: XmlElement): string {
  let text = ''
  for (const child of element.children) if (child.type === TEXT) text += child.value
  return text
}
