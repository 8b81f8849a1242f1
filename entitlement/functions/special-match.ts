import { boolean, ipAddress, rfc822Name, string, x500Name } from '../data-types/index.ts'
import { defineFunction, type FunctionDefinition } from './function.ts'

const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'

/** An address as a number; the mask and ports do not count. */
function addressNumber(text: string): { readonly bits: number; readonly value: bigint } {
  const six = /^\[([^\]]+)\]/.exec(text)?.[1]
  if (six !== undefined) return { bits: 128, value: hextets(six) }
  const bytes = (/^[0-9.]+/.exec(text)?.[0] ?? '').split('.').map(BigInt)
  return { bits: 32, value: bytes.reduce((value, byte) => (value << 8n) | byte, 0n) }
}

function hextets(text: string): bigint {
  // An IPv4 address at the end stands for the last two groups.
  const plain = text.replace(
    /([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [head = '', tail] = plain.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

/** The two ends may come in any order. */
function isInRange(...texts: readonly [string, string, string]): boolean {
  const [address, one, other] = texts.map(addressNumber)
  if (address === undefined || one?.bits !== address.bits || other?.bits !== address.bits) return false
  const [low, high] = one.value <= other.value ? [one.value, other.value] : [other.value, one.value]
  return address.value >= low && address.value <= high
}

/** Section A.3.14 of XACML 3.0, and one function that Balana adds. */
export const specialMatches: readonly FunctionDefinition[] = [
  // The first name ends the second one.
  defineFunction(`${V1}x500Name-match`, [x500Name, x500Name], boolean, (end, name) => {
    const offset = name.names.length - end.names.length
    return offset >= 0 && end.names.every((part, i) => part === name.names[offset + i])
  }),
  defineFunction('urn:org.wso2.balana:function:ip-in-range', [ipAddress, ipAddress, ipAddress], boolean, isInRange),
  // A whole address, a domain, or a domain with everything below it.
  defineFunction(`${V1}rfc822Name-match`, [string, rfc822Name], boolean, (pattern, { local, domain }) => {
    const at = pattern.lastIndexOf('@')
    const wanted = pattern.slice(at + 1).toLowerCase()
    if (at >= 0) return pattern.slice(0, at) === local && wanted === domain
    return wanted.startsWith('.') ? `.${domain}`.endsWith(wanted) : wanted === domain
  }),
]
