import { collapsed, type DataType, LexicalError } from './data-type.ts'

/** A distinguished name: its relative names in a form in which equal ones are equal texts. */
export interface X500Name {
  readonly text: string
  readonly names: readonly string[]
}

export const x500Name: DataType<X500Name> = {
  id: 'urn:oasis:names:tc:xacml:1.0:data-type:x500Name',
  name: 'x500Name',
  parse(written) {
    // The blank behind a backslash belongs to the name.
    const text = /\\\s+$/.test(written) ? `${collapsed(written)} ` : collapsed(written)
    if (text === '') return { text, names: [] }
    return { text, names: new Reader(text).names() }
  },
  print: ({ text }) => text,
  key: ({ names }) => names.join(','),
}

/** Attribute types by object identifier and by their other names. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'cn'],
  ['commonname', 'cn'],
  ['2.5.4.4', 'sn'],
  ['surname', 'sn'],
  ['2.5.4.6', 'c'],
  ['countryname', 'c'],
  ['2.5.4.7', 'l'],
  ['localityname', 'l'],
  ['2.5.4.8', 'st'],
  ['s', 'st'],
  ['stateorprovincename', 'st'],
  ['2.5.4.9', 'street'],
  ['streetaddress', 'street'],
  ['2.5.4.10', 'o'],
  ['organizationname', 'o'],
  ['2.5.4.11', 'ou'],
  ['organizationalunitname', 'ou'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['userid', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
  ['domaincomponent', 'dc'],
  ['1.2.840.113549.1.9.1', 'emailaddress'],
  ['e', 'emailaddress'],
  ['email', 'emailaddress'],
])

/**
 * Reads RFC 2253 (and the `;` of RFC 1779). Values are compared without case and with blanks folded, types by what they mean,
 * and the parts of a relative name in any order (XACML 3.0 section A.3.1, x500Name-equal).
 */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  names(): string[] {
    const names: string[] = []
    for (;;) {
      const parts = [this.#part()]
      while (this.#text[this.#at] === '+') {
        this.#at++
        parts.push(this.#part())
      }
      names.push(parts.length === 1 ? (parts[0] ?? '') : parts.toSorted().join('+'))
      if (this.#at >= this.#text.length) return names
      this.#at++
    }
  }

  #part(): string {
    const equals = this.#text.indexOf('=', this.#at)
    const type = this.#text.slice(this.#at, Math.max(equals, 0)).trim()
    if (!/^(?:[A-Za-z][A-Za-z0-9-]*|(?:OID\.)?[0-9]+(?:\.[0-9]+)*)$/i.test(type))
      throw new LexicalError(this.#text, 'x500Name')
    this.#at = equals + 1
    const name = type.toLowerCase().replace(/^oid\./, '')
    return `${TYPES.get(name) ?? name}=${this.#value()}`
  }

  #value(): string {
    this.#skipBlanks()
    const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain()
    this.#skipBlanks()
    const next = this.#text[this.#at]
    if (next !== undefined && !',;+'.includes(next)) throw new LexicalError(this.#text, 'x500Name')
    return value
      .replaceAll(/\s+/g, ' ')
      .toLowerCase()
      .replaceAll(/[\\,+]/g, String.raw`\$&`)
  }

  #plain(): string {
    let value = ''
    let end = 0
    for (; this.#at < this.#text.length;) {
      const character = this.#text[this.#at] ?? ''
      if (',;+'.includes(character)) break
      if (character === '"') throw new LexicalError(this.#text, 'x500Name')
      if (character === '\\') {
        value += this.#escaped()
        end = value.length
        continue
      }
      value += character
      this.#at++
      if (character !== ' ') end = value.length
    }
    return value.slice(0, end)
  }

  #quoted(): string {
    let value = ''
    for (this.#at++; this.#text[this.#at] !== '"';) {
      const character = this.#text[this.#at]
      if (character === undefined) throw new LexicalError(this.#text, 'x500Name')
      if (character === '\\') value += this.#escaped()
      else {
        value += character
        this.#at++
      }
    }
    this.#at++
    return value
  }

  /** `\,` and the like, or bytes of UTF-8 as `\C4\8D`. */
  #escaped(): string {
    const bytes = /^(?:\\[0-9A-Fa-f]{2})+/.exec(this.#text.slice(this.#at, this.#at + 600))
    if (bytes !== null) {
      this.#at += bytes[0].length
      return Buffer.from(bytes[0].replaceAll('\\', ''), 'hex').toString('utf8')
    }
    const character = this.#text[this.#at + 1]
    if (character === undefined) throw new LexicalError(this.#text, 'x500Name')
    this.#at += 2
    return character
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ') this.#at++
  }
}
