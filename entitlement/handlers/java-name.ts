import { type DerValue, objectIdentifier, readDer } from './der.ts'

/** Keywords by which Java writes attribute types (X500Name, default form). */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SURNAME'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.42', 'GIVENNAME'],
  ['2.5.4.43', 'INITIALS'],
  ['2.5.4.44', 'GENERATION'],
  ['2.5.4.46', 'DNQ'],
  ['1.2.840.113549.1.9.1', 'EMAILADDRESS'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.3.6.1.4.1.42.2.11.2.1', 'IP'],
])

/** String types and how their bytes become text. */
const STRINGS: ReadonlyMap<number, (content: Buffer) => string> = new Map<number, (content: Buffer) => string>([
  [0x0c, (content) => content.toString('utf8')],
  [0x13, (content) => content.toString('latin1')],
  [0x14, (content) => content.toString('latin1')],
  [0x16, (content) => content.toString('latin1')],
  [0x1b, (content) => content.toString('latin1')],
  [0x1e, (content) => Buffer.from(content).swap16().toString('utf16le')],
])

/**
 * A distinguished name as Java writes it, which is what policies compare: most specific part first, `, ` between parts, values
 * with special characters in quotes.
 */
export function javaName(name: DerValue): string {
  return readDer(name.content)
    .map((part) => readDer(part.content).map(attribute).join(' + '))
    .toReversed()
    .join(', ')
}

function attribute({ content }: DerValue): string {
  const [type, value] = readDer(content)
  if (type === undefined || value === undefined) throw new Error('a name has a part without a value')
  const identifier = objectIdentifier(type.content)
  const keyword = KEYWORDS.get(identifier) ?? `OID.${identifier}`
  const text = STRINGS.get(value.tag)?.(value.content)
  return `${keyword}=${text === undefined ? `#${value.bytes.toString('hex')}` : quoted(text)}`
}

function quoted(text: string): string {
  const special = /[,+=\n<>#;\\"]|^ | $| {2}/.test(text)
  const escaped = text.replaceAll(/["\\]/g, (character) => `\\${character}`)
  return special ? `"${escaped}"` : escaped
}
