const UNESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** Reads the format of `java.util.Properties`: `key=value`, `key: value` or `key value`, `#` and `!` comments, `\` escapes. */
export function parsePropertiesFile(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const split = endOfKey(line)
    const value = line.slice(split).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
    properties.set(unescape(line.slice(0, split)), unescape(value))
  }
  return properties
}

/** Lines without comments and leading blanks; a line that ends in an odd number of backslashes goes on in the next. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let open: string | undefined
  for (const natural of text.split(/\r\n|[\r\n]/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (open === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const whole: string = (open ?? '') + line
    const goesOn = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1
    open = goesOn ? whole.slice(0, -1) : undefined
    if (!goesOn) lines.push(whole)
  }
  if (open !== undefined) lines.push(open)
  return lines
}

function endOfKey(line: string): number {
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '\\') at++
    else if (' \t\f=:'.includes(character)) return at
  }
  return line.length
}

const unescape = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code?: string, character = '') =>
    code === undefined
      ? (UNESCAPED[character as string] ?? (character as string))
      : String.fromCharCode(Number.parseInt(code, 16)),
  )
