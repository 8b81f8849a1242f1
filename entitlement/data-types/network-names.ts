import { isIPv4, isIPv6 } from 'node:net'
import { collapsed, type DataType, LexicalError } from './data-type.ts'

/** `n`, `n-`, `-n` or `n-m`; both ends are there unless the range is open. */
const PORTS = '(?:[0-9]{1,5}(?:-(?:[0-9]{1,5})?)?|-[0-9]{1,5})'
const IPV4_FORM = new RegExp(`^([0-9.]+)(?:/([0-9.]+))?(?::${PORTS})?$`)
const IPV6_FORM = new RegExp(String.raw`^\[([0-9A-Fa-f:.]+)\](?:/\[([0-9A-Fa-f:.]+)\])?(?::${PORTS})?$`)
const DNS_FORM = new RegExp(
  String.raw`^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?(?::${PORTS})?$`,
)

/** Address, mask and ports as written (XACML 3.0 section A.2). The standard defines no equality; this one compares texts. */
export const ipAddress: DataType<string> = {
  id: 'urn:oasis:names:tc:xacml:2.0:data-type:ipAddress',
  name: 'ipAddress',
  parse(written) {
    const text = collapsed(written)
    const [, four, mask4] = IPV4_FORM.exec(text) ?? []
    if (four !== undefined && isIPv4(four) && (mask4 === undefined || isIPv4(mask4))) return text
    const [, six, mask6] = IPV6_FORM.exec(text) ?? []
    if (six !== undefined && isIPv6(six) && (mask6 === undefined || isIPv6(mask6))) return text
    throw new LexicalError(written, 'ipAddress')
  },
  print: (value) => value,
  key: (value) => value.toLowerCase(),
}

/** A host name, `*` allowed as its first label, and ports. */
export const dnsName: DataType<string> = {
  id: 'urn:oasis:names:tc:xacml:2.0:data-type:dnsName',
  name: 'dnsName',
  parse(written) {
    const text = collapsed(written)
    if (text.length > 300 || !(DNS_FORM.test(text) || text === '*')) throw new LexicalError(written, 'dnsName')
    return text
  },
  print: (value) => value,
  key: (value) => value.toLowerCase(),
}
