/** A `url-mapping` (language reference 3.6): an exact path, a prefix `/a/b/*`, or an extension `*.x`. */
export interface UrlMapping {
  readonly text: string
  readonly exact: (path: string) => boolean
  /** How many path segments match; 0: none. `/*` matches everything, less than any other prefix. */
  readonly prefix: (path: string) => number
  readonly extension: (path: string) => boolean
}

const never = (): boolean => false
const none = (): number => 0

/** Compiles a mapping. Paths are what follows the context, without the query. */
export function compileUrlMapping(text: string): UrlMapping {
  if (text.startsWith('/') && text.endsWith('/*')) {
    const segments = segmentsOf(text.slice(0, -2))
    return { text, exact: never, prefix: (path) => matching(segments, path), extension: never }
  }
  if (text.startsWith('*.')) {
    const extension = text.slice(1)
    return { text, exact: never, prefix: none, extension: (path) => path.endsWith(extension) }
  }
  const whole = trimmed(text)
  return { text, exact: (path) => trimmed(path) === whole, prefix: none, extension: never }
}

const trimmed = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') || '/' : path)

const segmentsOf = (path: string): string[] => {
  const bare = path.startsWith('/') ? path.slice(1) : path
  return bare === '' ? [] : bare.split('/')
}

function matching(segments: readonly string[], path: string): number {
  if (segments.length === 0) return 0.5
  const given = segmentsOf(path)
  return segments.every((segment, i) => given[i] === segment) ? segments.length : 0
}
