import {
  anyURI,
  base64Binary,
  boolean,
  type DataType,
  date,
  dateTime,
  dayTimeDuration,
  double,
  hexBinary,
  integer,
  rfc822Name,
  string,
  time,
  x500Name,
  yearMonthDuration,
} from '../data-types/index.ts'
import { instantOf, type Moment } from '../data-types/moments.ts'
import { defineFunction, type FunctionDefinition } from './function.ts'

const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'
const V2 = 'urn:oasis:names:tc:xacml:2.0:function:'
const V3 = 'urn:oasis:names:tc:xacml:3.0:function:'

/** Equality of a data type: the one under which values have the same key. */
export function equality<T>(id: string, type: DataType<T>): FunctionDefinition {
  const isItself = ITSELF.has(type)
  const equal = defineFunction(id, [type, type] as const, boolean, (a, b) =>
    isItself ? a === b : type.key(a) === type.key(b),
  )
  return { ...equal, equality: true }
}

/** Types whose values are equal exactly when `===` says so. */
const ITSELF: ReadonlySet<DataType> = new Set<DataType>([
  string,
  boolean,
  integer,
  anyURI,
  hexBinary,
  base64Binary,
  dayTimeDuration,
  yearMonthDuration,
])

function ordering<T>(type: DataType<T>, order: (a: T, b: T) => boolean): FunctionDefinition[] {
  const compare = (name: string, of: (a: T, b: T) => boolean) =>
    defineFunction(`${V1}${type.name}-${name}`, [type, type] as const, boolean, (a, b) => of(a, b))
  return [
    compare('less-than', order),
    compare('greater-than', (a, b) => order(b, a)),
    compare('less-than-or-equal', (a, b) => order(a, b) || type.key(a) === type.key(b)),
    compare('greater-than-or-equal', (a, b) => order(b, a) || type.key(a) === type.key(b)),
  ]
}

const earlier = (a: Moment, b: Moment): boolean => instantOf(a) < instantOf(b)

const DAY = 86_400_000_000_000n

/** The bounds are those of the same zone as the time when they name none; a range may pass midnight (section A.3.8). */
function isInRange(value: Moment, from: Moment, to: Moment): boolean {
  const inZone = ({ local, zone = value.zone }: Moment): bigint => ofDay(instantOf({ local, zone }))
  const [at, low, high] = [ofDay(instantOf(value)), inZone(from), inZone(to)]
  return low <= high ? at >= low && at <= high : at >= low || at <= high
}

const ofDay = (instant: bigint): bigint => ((instant % DAY) + DAY) % DAY

/** Sections A.3.1, A.3.6, A.3.7 and A.3.8 of XACML 3.0. */
export const comparisons: readonly FunctionDefinition[] = [
  ...[
    string,
    boolean,
    integer,
    double,
    date,
    time,
    dateTime,
    anyURI,
    hexBinary,
    base64Binary,
    rfc822Name,
    x500Name,
  ].map((type) => equality(`${V1}${type.name}-equal`, type as DataType)),
  ...[dayTimeDuration, yearMonthDuration].flatMap((type) => [
    equality(`${V1}${type.name}-equal`, type as DataType),
    equality(`${V3}${type.name}-equal`, type as DataType),
  ]),
  defineFunction(
    `${V3}string-equal-ignore-case`,
    [string, string],
    boolean,
    (a, b) => a.toLowerCase() === b.toLowerCase(),
  ),
  ...ordering(integer, (a, b) => a < b),
  ...ordering(double, (a, b) => a < b),
  ...ordering(string, (a, b) => a < b),
  ...ordering(time, earlier),
  ...ordering(date, earlier),
  ...ordering(dateTime, earlier),
  defineFunction(`${V2}time-in-range`, [time, time, time], boolean, isInRange),
]
