import { isNcName } from './names.ts'
import { shown, XmlError } from './xml-error.ts'

const TEXT_SPECIAL = /[&<>\x00-\x08\x0B-\x1F\uFFFE\uFFFF]/
const TEXT_SPECIALS = /[&<>\x00-\x08\x0B-\x1F\uFFFE\uFFFF]/g
const ATTRIBUTE_SPECIAL = /[&<"\x00-\x1F\uFFFE\uFFFF]/
const ATTRIBUTE_SPECIALS = /[&<"\x00-\x1F\uFFFE\uFFFF]/g

/**
 * Character data as it is written into an element: what Canonical XML 1.0 section 2.3 prescribes for text nodes. Throws
 * {@link XmlError} for a character that XML cannot hold.
 */
export function escapeText(text: string): string {
  return TEXT_SPECIAL.test(text) ? text.replace(TEXT_SPECIALS, reference) : text
}

/** The value of an attribute as it is written between double quotes (Canonical XML 1.0 section 2.3). */
export function escapeAttribute(value: string): string {
  return ATTRIBUTE_SPECIAL.test(value) ? value.replace(ATTRIBUTE_SPECIALS, reference) : value
}

function reference(char: string): string {
  switch (char) {
    case '&':
      return '&amp;'
    case '<':
      return '&lt;'
    case '>':
      return '&gt;'
    case '"':
      return '&quot;'
    case '\t':
      return '&#x9;'
    case '\n':
      return '&#xA;'
    case '\r':
      return '&#xD;'
    default:
      throw new XmlError(
        `XML cannot hold the character U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
      )
  }
}

/** A comment with what may not be in it pulled apart (as XSLT 1.0 section 7.4 recovers). */
export function printComment(text: string): string {
  check(text)
  return `<!--${text.includes('-') ? text.replace(/-(?=-|$)/g, '- ') : text}-->`
}

/** A processing instruction with what may not be in it pulled apart (as XSLT 1.0 section 7.3 recovers). */
export function printInstruction(name: string, text: string): string {
  if (!isNcName(name) || /^xml$/i.test(name))
    throw new XmlError(`"${shown(name)}" cannot be the name of an instruction`)
  check(text)
  return text === '' ? `<?${name}?>` : `<?${name} ${text.replaceAll('?>', '? >')}?>`
}

/** A CDATA section, or two where the text holds its end; plain text when a CR would not survive in one. */
export function printCdata(text: string): string {
  if (text.includes('\r')) return escapeText(text)
  check(text)
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

function check(text: string): void {
  if (/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/.test(text))
    text.replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/, reference)
}
