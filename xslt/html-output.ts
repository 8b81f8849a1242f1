import {
  COMMENT,
  ELEMENT,
  escapeText,
  INSTRUCTION,
  TEXT,
  type XmlDocument,
  type XmlElement,
  type XmlNode,
  type XmlText,
} from 'viaduct'
import type { OutputSettings } from './output-settings.ts'

const EMPTY: ReadonlySet<string> = new Set(
  'area base basefont br col frame hr img input isindex link meta param'.split(' '),
)
const VERBATIM: ReadonlySet<string> = new Set(['script', 'style'])
/** Attributes that are written by their name alone. */
const BOOLEAN: ReadonlySet<string> = new Set(
  'checked compact declare defer disabled ismap multiple nohref noresize noshade nowrap readonly selected'.split(' '),
)
const URIS: ReadonlySet<string> = new Set(
  'action cite classid codebase data for href longdesc name profile src usemap'.split(' '),
)
const INLINE: ReadonlySet<string> = new Set(
  (
    'a abbr acronym b bdo big br button cite code dfn em font i img input kbd label map object q s samp script select small ' +
    'span strike strong sub sup textarea tt u var'
  ).split(' '),
)

/** HTML as section 16.2 wants it: empty elements without end tags, scripts as they are, a meta element with the charset. */
export function printHtml(result: XmlDocument, settings: OutputSettings, raw: ReadonlySet<XmlText>): string {
  const printer = new HtmlPrinter(settings, raw)
  const { doctypePublic, doctypeSystem } = settings
  const root = result.children.find((child) => child.type === ELEMENT)
  let text = ''
  if (doctypePublic !== undefined || doctypeSystem !== undefined) {
    const publicId = doctypePublic === undefined ? '' : ` PUBLIC "${doctypePublic}"`
    const systemId =
      doctypeSystem === undefined ? '' : `${doctypePublic === undefined ? ' SYSTEM' : ''} "${doctypeSystem}"`
    text = `<!DOCTYPE ${root?.name ?? 'html'}${publicId}${systemId}>\n`
  }
  for (const child of result.children) text += printer.print(child, false)
  return settings.indent === false ? text : `${text}\n`
}

class HtmlPrinter {
  readonly #raw: ReadonlySet<XmlText>
  readonly #charset: string
  readonly #mediaType: string
  readonly #indent: boolean

  constructor(
    { encoding = 'UTF-8', mediaType = 'text/html', indent = true }: OutputSettings,
    raw: ReadonlySet<XmlText>,
  ) {
    this.#raw = raw
    this.#charset = encoding
    this.#mediaType = mediaType
    this.#indent = indent
  }

  print(node: XmlNode, verbatim: boolean): string {
    switch (node.type) {
      case ELEMENT:
        return this.#element(node)
      case TEXT:
        return verbatim || this.#raw.has(node) ? node.value : escapeText(node.value).replaceAll('\u00A0', '&nbsp;')
      case COMMENT:
        return `<!--${node.value}-->`
      case INSTRUCTION:
        return `<?${node.name} ${node.value}>`
    }
  }

  #element(element: XmlElement): string {
    const { prefix, namespace } = element
    const isHtml = namespace === ''
    const name = prefix === '' ? element.name : `${prefix}:${element.name}`
    const start = `<${name}${this.#attributes(element, isHtml)}>`
    if (isHtml && EMPTY.has(element.name.toLowerCase())) return start
    return `${start}${this.#content(element, isHtml ? element.name.toLowerCase() : '')}</${name}>`
  }

  /** `html` is the name of an HTML element in lower case, '' for any other. */
  #content(element: XmlElement, html: string): string {
    const { children } = element
    const breaks = this.#indent && html !== '' && breaksLines(element)
    let text = html === 'head' ? this.#meta(children) : ''
    if (breaks) text += '\n'
    for (const child of children) {
      if (html === 'head' && isCharset(child)) continue
      text += this.print(child, VERBATIM.has(html))
      if (breaks) text += '\n'
    }
    return text
  }

  #meta(children: readonly XmlNode[]): string {
    const line = this.#indent ? '\n' : ''
    const after = this.#indent && children.length === 0 ? line : ''
    return `${line}<meta http-equiv="Content-Type" content="${this.#mediaType}; charset=${this.#charset}">${after}`
  }

  #attributes({ attributes, declarations }: XmlElement, isHtml: boolean): string {
    let text = ''
    for (const { prefix, namespace } of declarations)
      if (namespace !== '' || prefix === '')
        text += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeValue(namespace)}"`
    for (const { name, prefix, value } of attributes) {
      const lower = name.toLowerCase()
      const written = prefix === '' ? name : `${prefix}:${name}`
      if (isHtml && BOOLEAN.has(lower) && value.toLowerCase() === lower) text += ` ${written}`
      else
        text += ` ${written}="${escapeValue(isHtml && URIS.has(lower) && lower !== 'name' && lower !== 'for' ? escapeUri(value) : value)}"`
    }
    return text
  }
}

/** Lines break between block elements only, so that no text gains white space. */
function breaksLines({ children }: XmlElement): boolean {
  return (
    children.length > 0 && children.every((child) => child.type === ELEMENT && !INLINE.has(child.name.toLowerCase()))
  )
}

const isCharset = (node: XmlNode): boolean =>
  node.type === ELEMENT &&
  node.name.toLowerCase() === 'meta' &&
  node.attributes.some(
    ({ name, value }) => name.toLowerCase() === 'http-equiv' && value.toLowerCase() === 'content-type',
  )

/** `<` stays as it is in attributes of HTML, and `&` before `{`. */
const escapeValue = (value: string): string =>
  value
    .replaceAll(/&(?!\{)/g, '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('\u00A0', '&nbsp;')

const escapeUri = (value: string): string =>
  value.replaceAll(/[^\x21-\x7E]/gu, (character) => (character === ' ' ? '%20' : encodeURIComponent(character)))
