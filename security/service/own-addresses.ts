/** What follows the name of a service in the addresses of its ports, as in WSDLs of Axis2: `.OrdersHttpsSoap11Endpoint`. */
const PORT = /^\.[\w-]{0,200}endpoint$/i

/**
 * The addresses under which clients know a service: its paths (with a port, or without) below `publicUrl`; where that is '', at
 * any host, because the bus does not know its own. The scheme does not count: what terminates TLS may stand before the bus.
 */
export function ownAddresses(paths: readonly string[], publicUrl: string): Pick<ReadonlySet<string>, 'has'> {
  const base = URL.parse(publicUrl)
  const before = base?.pathname.replace(/\/+$/, '') ?? ''
  return {
    has(name) {
      const url = URL.parse(name)
      if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
      if (base !== null && url.hostname !== base.hostname) return false
      return paths.some((path) => isAt(decoded(url.pathname), before + path))
    },
  }
}

function isAt(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false
  const rest = pathname.slice(path.length)
  return rest === '' || rest === '/' || PORT.test(rest)
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
