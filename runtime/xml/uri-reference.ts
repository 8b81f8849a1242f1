interface Reference {
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly path: string
  readonly query: string | undefined
}

/**
 * Resolves a URI reference against another that may be relative itself: RFC 3986 section 5.2 as Canonical XML 1.1 section 2.4
 * and appendix A change it, without fragment. `..` that leads above a relative base stays.
 */
export function joinUriReferences(base: string, reference: string): string {
  const outer = split(base)
  const inner = split(reference)
  if (inner.scheme !== undefined) return format({ ...inner, path: withoutDots(inner.path) })
  if (inner.authority !== undefined) return format({ ...inner, scheme: outer.scheme, path: withoutDots(inner.path) })
  const { scheme, authority } = outer
  if (inner.path === '') {
    return format({ scheme, authority, path: withoutDots(outer.path), query: inner.query ?? outer.query })
  }
  return format({ scheme, authority, path: withoutDots(merge(outer, inner.path)), query: inner.query })
}

function split(text: string): Reference {
  const [, scheme, authority, path = '', query] =
    /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text) ?? []
  return { scheme, authority, path, query }
}

function format({ scheme, authority, path, query }: Reference): string {
  const start = (scheme === undefined ? '' : `${scheme}:`) + (authority === undefined ? '' : `//${authority}`)
  return start + path + (query === undefined ? '' : `?${query}`)
}

function merge({ authority, path }: Reference, reference: string): string {
  if (reference.startsWith('/')) return reference
  if (authority !== undefined && path === '') return `/${reference}`
  // The last segment `..` is a folder.
  const folder = /(?:^|\/)\.\.?$/.test(path) ? `${path}/` : path.slice(0, path.lastIndexOf('/') + 1)
  return folder + reference
}

function withoutDots(path: string): string {
  const isAbsolute = path.startsWith('/')
  const kept: string[] = []
  const segments = path.split('/').filter((segment) => segment !== '')
  for (const segment of segments) {
    if (segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute) kept.push('..')
  }
  const isFolder = kept.length > 0 && (/(?:^|\/)\.{0,2}$/.test(path) || kept.at(-1) === '..')
  return (isAbsolute ? '/' : '') + kept.join('/') + (isFolder ? '/' : '')
}
