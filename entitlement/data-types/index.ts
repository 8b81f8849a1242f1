import type { DataType } from './data-type.ts'
import { dayTimeDuration, yearMonthDuration } from './durations.ts'
import { date, dateTime, time } from './moments.ts'
import { dnsName, ipAddress } from './network-names.ts'
import { double, integer } from './numbers.ts'
import { rfc822Name } from './rfc822-name.ts'
import { anyURI, base64Binary, boolean, hexBinary, string } from './text-types.ts'
import { x500Name } from './x500-name.ts'
import { xpathExpression } from './xpath-expression.ts'

export { type DataType, type Key, LexicalError } from './data-type.ts'
export {
  anyURI,
  base64Binary,
  boolean,
  date,
  dateTime,
  dayTimeDuration,
  dnsName,
  double,
  hexBinary,
  integer,
  ipAddress,
}
export { rfc822Name, string, time, x500Name, xpathExpression, yearMonthDuration }
export type { Moment } from './moments.ts'
export type { Rfc822Name } from './rfc822-name.ts'
export type { X500Name } from './x500-name.ts'
export type { XPathExpression } from './xpath-expression.ts'

/** The 17 data types of XACML 3.0 (section B.3). */
export const DATA_TYPES: readonly DataType[] = [
  string,
  boolean,
  integer,
  double,
  time,
  date,
  dateTime,
  anyURI,
  hexBinary,
  base64Binary,
  dayTimeDuration,
  yearMonthDuration,
  rfc822Name,
  x500Name,
  ipAddress,
  dnsName,
  xpathExpression,
]

const OLD = 'http://www.w3.org/TR/2002/WD-xquery-operators-20020816#'

/** By URI, the older ones of XACML 1 and 2 included. */
const BY_ID: ReadonlyMap<string, DataType> = new Map([
  ...DATA_TYPES.map((type) => [type.id, type] as const),
  [`${OLD}dayTimeDuration`, dayTimeDuration],
  [`${OLD}yearMonthDuration`, yearMonthDuration],
  ['urn:oasis:names:tc:xacml:2.0:data-type:dayTimeDuration', dayTimeDuration],
  ['urn:oasis:names:tc:xacml:2.0:data-type:yearMonthDuration', yearMonthDuration],
  ['urn:oasis:names:tc:xacml:1.0:data-type:xpathExpression', xpathExpression],
])

const BY_NAME: ReadonlyMap<string, DataType> = new Map(DATA_TYPES.map((type) => [type.name, type]))

export const dataType = (id: string): DataType | undefined => BY_ID.get(id)

/** By the short name that the JSON profile allows (section 3.3.1 of version 1.1). */
export const dataTypeNamed = (name: string): DataType | undefined => BY_NAME.get(name)

export const dataTypeIds = (): IterableIterator<string> => BY_ID.keys()
