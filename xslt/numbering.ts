/** Numbers as `xsl:number` writes them (XSLT 1.0, section 7.7.1). */
export function formatNumbers(
  numbers: readonly number[],
  format: string,
  grouping: { readonly separator: string; readonly size: number } | undefined,
): string {
  const tokens = format.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu) ?? []
  const isToken = (text: string | undefined): boolean => text !== undefined && /^[\p{L}\p{N}]/u.test(text)
  const prefix = isToken(tokens[0]) ? '' : (tokens[0] ?? '')
  const suffix = tokens.length > 1 && !isToken(tokens.at(-1)) ? (tokens.at(-1) ?? '') : ''
  const formats = tokens.filter(isToken)
  const separators = tokens
    .slice(prefix === '' ? 0 : 1, suffix === '' ? undefined : -1)
    .filter((each) => !isToken(each))
  let text = prefix
  for (const [index, number] of numbers.entries()) {
    if (index > 0) text += separators[Math.min(index, formats.length - 1) - 1] ?? separators.at(-1) ?? '.'
    text += formatOne(number, formats[Math.min(index, formats.length - 1)] ?? '1', grouping)
  }
  return text + suffix
}

function formatOne(
  number: number,
  token: string,
  grouping: { readonly separator: string; readonly size: number } | undefined,
): string {
  if (number > 0 && token === 'A') return letters(number).toUpperCase()
  if (number > 0 && token === 'a') return letters(number)
  if (number > 0 && number < 5000 && token === 'I') return roman(number).toUpperCase()
  if (number > 0 && number < 5000 && token === 'i') return roman(number)
  const digits = String(number).padStart(/^0*1$/.test(token) ? token.length : 1, '0')
  if (grouping === undefined || grouping.size <= 0) return digits
  return digits.replaceAll(new RegExp(`(?=(?:\\d{${grouping.size}})+$)(?!^)`, 'g'), grouping.separator)
}

function letters(number: number): string {
  let text = ''
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCodePoint(97 + ((rest - 1) % 26)) + text
  return text
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
]

function roman(number: number): string {
  let text = ''
  let rest = number
  for (const [value, sign] of ROMAN)
    while (rest >= value) {
      text += sign
      rest -= value
    }
  return text
}
