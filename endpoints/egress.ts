import { Fault, type Settings } from 'viaduct'

/**
 * Whether the settings allow an address that the message itself names (reliability, finding 12): by host name, `host:port`,
 * or `*.example.com` for every host below that domain.
 */
export function allowsEgress({ egress }: Settings, url: string): boolean {
  if (egress.allow.length === 0) return false
  const address = URL.parse(url)
  if (address === null || address.hostname === '') return false
  const port = address.port === '' ? (address.protocol === 'https:' ? '443' : '80') : address.port
  return egress.allow.some((rule) => matches(rule.toLowerCase(), address.hostname, port))
}

/** Throws `address-refused` unless the settings allow the address. */
export function requireEgress(settings: Settings, url: string): void {
  if (allowsEgress(settings, url)) return
  throw new Fault('address-refused', 'the message names the address to send to, and nothing allows that address')
}

function matches(rule: string, host: string, port: string): boolean {
  const split = /^(.*?)(?::(\d+))?$/.exec(rule)
  const name = split?.[1] ?? rule
  if (split?.[2] !== undefined && split[2] !== port) return false
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name
}
