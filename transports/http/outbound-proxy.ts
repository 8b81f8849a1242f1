import type { Settings } from 'viaduct'

export interface ProxyHop {
  readonly url: URL
  /** Credentials for the proxy. */
  readonly fields: readonly string[]
}

/** The proxy that calls to back ends go through, for all but the hosts in `noProxy`. */
export interface OutboundProxy {
  for(target: URL): ProxyHop | undefined
}

/** Reads `http.proxy` (a URL, with user and password when it asks for them) and `http.noProxy` (`host`, `.domain`, `host:port`, `*`). */
export function outboundProxy({ proxy, noProxy }: Settings['http']): OutboundProxy | undefined {
  if (proxy === '') return undefined
  const url = URL.parse(proxy)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`http.proxy is not an HTTP URL: ${proxy}`)
  const user = decodeURIComponent(url.username)
  const credentials = Buffer.from(`${user}:${decodeURIComponent(url.password)}`).toString('base64')
  const hop: ProxyHop = { url, fields: user === '' ? [] : ['Proxy-Authorization', `Basic ${credentials}`] }
  const direct = noProxy.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '')
  return {
    for: (target) => (direct.some((entry) => isDirect(entry, target)) ? undefined : hop),
  }
}

function isDirect(entry: string, { hostname, host }: URL): boolean {
  if (entry === '*') return true
  if (entry.startsWith('*.') || entry.startsWith('.')) return hostname.endsWith(entry.replace(/^\*/, ''))
  return hostname === entry || host === entry || hostname.endsWith(`.${entry}`)
}
