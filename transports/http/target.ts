/** Where a request goes: `scheme://host:port` as written, and what stands in the request line. */
export interface Target {
  readonly origin: string
  readonly path: string
}

const SLASH = 0x2f
const QUERY = 0x3f
const HASH = 0x23

/** Splits an absolute URL. Only a path with characters that cannot be sent as they are goes through the URL parser. */
export function splitTarget(url: string): Target | undefined {
  const start = url.indexOf('://')
  if (start < 0) return undefined
  let end = start + 3
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end)
    if (code === SLASH || code === QUERY || code === HASH) break
  }
  const origin = url.slice(0, end)
  const path = url.slice(end)
  if (/^\/[!"$-[\]-~]*$/.test(path)) return { origin, path }
  const parsed = URL.parse(url)
  return parsed === null ? undefined : { origin, path: parsed.pathname + parsed.search }
}
