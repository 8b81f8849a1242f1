import { collapsed, type DataType, LexicalError, XSD } from './data-type.ts'

export const string: DataType<string> = {
  id: `${XSD}string`,
  name: 'string',
  parse: (text) => text,
  print: (value) => value,
  key: (value) => value,
}

/** Compared character by character, as section A.3.1 of XACML 3.0 asks; any text without blanks inside will do (XSD 1.1). */
export const anyURI: DataType<string> = {
  id: `${XSD}anyURI`,
  name: 'anyURI',
  parse(text) {
    const uri = collapsed(text)
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if (/[\u0000-\u0020<>"{}|\\^`]/.test(uri) || /%(?![0-9A-Fa-f]{2})/.test(uri)) throw new LexicalError(text, 'anyURI')
    return uri
  },
  print: (value) => value,
  key: (value) => value,
}

export const boolean: DataType<boolean> = {
  id: `${XSD}boolean`,
  name: 'boolean',
  parse(text) {
    const word = collapsed(text)
    if (word === 'true' || word === '1') return true
    if (word === 'false' || word === '0') return false
    throw new LexicalError(text, 'boolean')
  },
  print: (value) => (value ? 'true' : 'false'),
  key: (value) => value,
}

/** The value is its upper-case digits, the canonical form. */
export const hexBinary: DataType<string> = {
  id: `${XSD}hexBinary`,
  name: 'hexBinary',
  parse(text) {
    const digits = collapsed(text)
    if (digits.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(digits)) throw new LexicalError(text, 'hexBinary')
    return digits.toUpperCase()
  },
  print: (value) => value,
  key: (value) => value,
}

/** The value is its base64 text without blanks, the canonical form. */
export const base64Binary: DataType<string> = {
  id: `${XSD}base64Binary`,
  name: 'base64Binary',
  parse(text) {
    const digits = text.replaceAll(/[ \t\r\n]+/g, '')
    if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) throw new LexicalError(text, 'base64Binary')
    return Buffer.from(digits, 'base64').toString('base64')
  },
  print: (value) => value,
  key: (value) => value,
}
