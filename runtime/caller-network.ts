import { isIPv6 } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/**
 * What an address stands for where callers are counted: of IPv6 the first 64 bits, as whoever has one address there has all
 * that share them; else the address itself.
 */
export function callerNetwork(address: string): string {
  const mapped = MAPPED.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  const [head = '', tail] = plain.split('::')
  const first = groupsOf(head)
  const last = tail === undefined ? [] : groupsOf(tail)
  const missing = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => 0)
  const network = [...first, ...missing, ...last].slice(0, 4)
  return `${network.map((group) => group.toString(16)).join(':')}::/64`
}

/** The last group may be an address of IPv4, which stands for two. */
const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]))
