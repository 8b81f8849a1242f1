/** XML 1.0 (fifth edition) productions 2, 4, 4a, 5 and Namespaces in XML productions 4 and 7, as code point classes. */
const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}'
const REST = `${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`

const NC_NAME = new RegExp(`^[${START}][${REST}]*$`, 'u')

const PART = 1
const FIRST = 2
const COLON = 3

/** For each ASCII code: 0 when it cannot be in a qualified name, else what it can be there. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (char === ':') return COLON
  if (/[A-Z_a-z]/.test(char)) return FIRST
  return /[-.0-9]/.test(char) ? PART : 0
})

/** Whether a text is a name without a colon. Linear; fast for ASCII. */
export function isNcName(text: string): boolean {
  if (ASCII[text.charCodeAt(0)] !== FIRST) return NC_NAME.test(text)
  for (let i = 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return NC_NAME.test(text)
    const kind = ASCII[code]
    if (kind !== FIRST && kind !== PART) return false
  }
  return true
}

/** Whether a text is a name with at most one colon, which separates prefix and local part. */
export function isQName(text: string): boolean {
  const colon = text.indexOf(':')
  if (colon < 0) return isNcName(text)
  return isNcName(text.slice(0, colon)) && isNcName(text.slice(colon + 1))
}

/** The first position from `at` on that no qualified name contains. Whether the name is right is a matter of {@link isQName}. */
export function endOfName(text: string, at: number): number {
  for (; ; at++) {
    const code = text.charCodeAt(at)
    // NaN at the end of the text fails both comparisons.
    if (!(code > 127 || (ASCII[code] ?? 0) !== 0)) return at
  }
}

/** What XML 1.0 forbids in documents, beside lone surrogates (production 2). */
export const FORBIDDEN_CHARACTER = /[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/

/** Whether a code point may be in a document (production 2). */
export function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}

/** Whether a text can be written into a document at all. */
export const isXmlText = (text: string): boolean => !FORBIDDEN_CHARACTER.test(text) && text.isWellFormed()
