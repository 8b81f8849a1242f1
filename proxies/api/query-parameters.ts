/**
 * The parameters of the query. A piece without `=` belongs to the value before it, `&` included
 * (COMPAT api-query-ampersand): `a=1&b` is `a` = `1&b`.
 */
export function queryParameters(target: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const start = target.indexOf('?')
  if (start < 0) return values
  let last: string | undefined
  for (const piece of target.slice(start + 1).split('&')) {
    const equals = piece.indexOf('=')
    if (equals >= 0) {
      last = piece.slice(0, equals)
      values.set(last, decodeForm(piece.slice(equals + 1)))
    } else if (last !== undefined) values.set(last, `${values.get(last) ?? ''}&${piece}`)
  }
  return values
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
