import { type DerValue, readDer } from '../der/index.ts'

/** Short names of attribute types, as Java, .NET, OpenSSL and RFC 4514 write them. */
const TYPES = new Map([
  ['CN', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SURNAME', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['S', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['T', '2.5.4.12'],
  ['TITLE', '2.5.4.12'],
  ['POSTALCODE', '2.5.4.17'],
  ['GIVENNAME', '2.5.4.42'],
  ['G', '2.5.4.42'],
  ['INITIALS', '2.5.4.43'],
  ['GENERATION', '2.5.4.44'],
  ['DNQ', '2.5.4.46'],
  ['DNQUALIFIER', '2.5.4.46'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAIL', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
])

/** The short name to print for a type: the first of each above, of those RFC 4514 section 3 lists; Java prints others as OIDs. */
const PRINTED = new Map(
  [...TYPES]
    .filter(([name]) => ['CN', 'C', 'L', 'ST', 'STREET', 'O', 'OU', 'UID', 'DC'].includes(name))
    .map(([name, oid]) => [oid, name]),
)

/** The longest text that is read as a name: what it costs grows with its length. */
const LONGEST = 8192

/** One `type=value`; several of them at one place are a multi-valued RDN. */
interface Attribute {
  readonly type: string
  /** Undefined when the value is no string. */
  readonly text: string | undefined
  readonly hex: string
}

/** A distinguished name: relative names in the order of the certificate, most general first. */
export class DistinguishedName {
  readonly #rdns: readonly (readonly Attribute[])[]
  /** Equal for names that stand for the same: spelling, order of writing, case and runs of spaces left aside (RFC 5280, 7.1). */
  readonly key: string

  private constructor(rdns: readonly (readonly Attribute[])[]) {
    this.#rdns = rdns
    this.key = rdns.map(keyOf).join(',')
  }

  /** A Name of a certificate. Throws DerError. */
  static fromDer(name: DerValue): DistinguishedName {
    return new DistinguishedName(
      name.sequence.map((rdn) =>
        rdn.set.map((pair) => {
          const [type, value] = pair.sequence
          return { type: type?.oid ?? '', text: textOf(value), hex: value?.encoded.toString('hex') ?? '' }
        }),
      ),
    )
  }

  /**
   * A name as people and programs write it: RFC 2253 and 4514, commas or semicolons, spaces around, quotes, `OID.` prefixes,
   * hexadecimal values. Undefined when it is none.
   */
  static parse(text: string): DistinguishedName | undefined {
    if (text.length > LONGEST) return undefined
    const rdns: Attribute[][] = []
    for (const rdn of splitUnescaped(text, /[,;]/)) {
      const attributes = splitUnescaped(rdn, /\+/).map(parseAttribute)
      if (attributes.includes(undefined)) return text.trim() === '' ? new DistinguishedName([]) : undefined
      rdns.push(attributes.filter((attribute) => attribute !== undefined))
    }
    return new DistinguishedName(rdns.toReversed())
  }

  /** RFC 2253, most specific first, without spaces: what `X500Principal.getName()` of Java gives. */
  toString(): string {
    return this.#rdns
      .toReversed()
      .map((attributes) => attributes.map(printAttribute).join('+'))
      .join(',')
  }
}

function textOf(value: DerValue | undefined): string | undefined {
  try {
    return value?.text
  } catch {
    return undefined // Another kind of value is compared by its bytes.
  }
}

function keyOf(attributes: readonly Attribute[]): string {
  return attributes
    .map(({ type, text, hex }) => `${type}=${text === undefined ? `#${hex}` : JSON.stringify(folded(text))}`)
    .sort()
    .join('+')
}

const folded = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase()

/** Splits where a separator stands outside quotes and without a backslash. */
function splitUnescaped(text: string, separator: RegExp): string[] {
  const pieces: string[] = []
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\') at++
    else if (character === '"') quoted = !quoted
    else if (!quoted && separator.test(character)) {
      pieces.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...pieces, text.slice(from)]
}

function parseAttribute(text: string): Attribute | undefined {
  const equals = text.indexOf('=')
  if (equals < 0) return undefined
  const name = text
    .slice(0, equals)
    .trim()
    .toUpperCase()
    .replace(/^OID\./, '')
  const type = /^\d+(?:\.\d+)+$/.test(name) ? name : TYPES.get(name)
  if (type === undefined) return undefined
  const value = withoutSpaces(text.slice(equals + 1))
  if (!value.startsWith('#')) return { type, text: unescaped(value), hex: '' }
  return hexAttribute(type, value.slice(1))
}

/** Without spaces around, but for one at the end that is escaped. */
function withoutSpaces(text: string): string {
  const trimmed = text.trim()
  let backslashes = 0
  while (trimmed.at(-1 - backslashes) === '\\') backslashes++
  return backslashes % 2 === 1 ? `${trimmed} ` : trimmed
}

function hexAttribute(type: string, hex: string): Attribute | undefined {
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) return undefined
  try {
    return { type, text: textOf(readDer(Buffer.from(hex, 'hex'))), hex: hex.toLowerCase() }
  } catch {
    return undefined
  }
}

function unescaped(value: string): string {
  const inner = value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
  if (!inner.includes('\\')) return inner
  const bytes = inner.replaceAll(/(?:\\[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8'),
  )
  return bytes.replaceAll(/\\(.)/gs, '$1')
}

function printAttribute({ type, text, hex }: Attribute): string {
  const name = PRINTED.get(type)
  if (text === undefined || (name === undefined && hex !== '')) return `${name ?? type}=#${hex}`
  const escaped = text
    .replaceAll(/[,+"\\<>;=]/g, '\\$&')
    .replace(/^[# ]/, '\\$&')
    .replace(/ $/, '\\ ')
  return `${name ?? type}=${escaped}`
}
