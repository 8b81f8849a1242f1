import { BlockList, isIP } from 'node:net'
import type { Settings } from './settings.ts'

/** Networks that a message must not make the bus talk to: itself, its neighbours, metadata services, no one in particular. */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** With everything that carries an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo). */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

function blockList(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family)
  return list
}

// Two lists: in one, the rule for mapped addresses would match every IPv4 address.
const specialV4 = blockList(SPECIAL_V4, 'ipv4')
const specialV6 = blockList(SPECIAL_V6, 'ipv6')

/** Whether an address is loopback, private, link-local, multicast or reserved. What is no address counts as special. */
export function isSpecialAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return specialV4.check(address, 'ipv4')
    case 6:
      return specialV6.check(address, 'ipv6')
    default:
      return true
  }
}

const LONGEST = 2048

/**
 * Why an address that a message itself named (wsa:To, ReplyTo, a header, a computed URL) may not be called, or undefined when
 * `egress.allow` lets it through (reliability 0, finding 12; decision 9). The sender checks once more what the name resolves to,
 * see {@link egressAddressRefusal}; endpoints only set `namedByMessage` on their request.
 */
export function egressRefusal(url: string, settings: Settings): string | undefined {
  if (url.length > LONGEST || /[\u0000-\u0020\u007F]/.test(url)) return 'it contains characters that no address has'
  const parsed = URL.parse(url)
  if (parsed === null) return 'it is not a URL'
  if (!/^https?:$/.test(parsed.protocol)) return `its scheme is ${parsed.protocol.slice(0, -1)}`
  if (parsed.username !== '' || parsed.password !== '') return 'it contains a user or password'
  const host = hostOf(parsed)
  const port = parsed.port === '' ? (parsed.protocol === 'https:' ? '443' : '80') : parsed.port
  const { allow } = settings.egress
  if (!allow.some((entry) => matches(entry, host, port))) return 'its host is not in egress.allow'
  return isIP(host) !== 0 ? egressAddressRefusal(host, host, port, settings) : undefined
}

/**
 * Why a name that is allowed must not be called at the address it resolved to. Special addresses need an entry of their own:
 * the address itself, or `private:` before the name.
 */
export function egressAddressRefusal(
  host: string,
  address: string,
  port: string,
  settings: Settings,
): string | undefined {
  if (!isSpecialAddress(address)) return undefined
  const allowed = settings.egress.allow.some((entry) =>
    entry.startsWith('private:') ? matches(entry, host, port) : entry === address || entry === authority(address, port),
  )
  return allowed ? undefined : 'its host has a private or special address'
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

const authority = (host: string, port: string): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** `name`, `name:port`, `*.name` (names below it), each also with `private:` in front. */
function matches(entry: string, host: string, port: string): boolean {
  const pattern = entry.replace(/^private:/, '').toLowerCase()
  const names = [host, authority(host, port)]
  if (pattern.startsWith('*.'))
    return names.some((name) => name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1)
  return names.includes(pattern)
}
