import { daysOf, plusMonths } from '../data-types/calendar.ts'
import { type DataType, date, dateTime, dayTimeDuration, type Moment, yearMonthDuration } from '../data-types/index.ts'
import { civilOfMoment, DAY, floorDay } from '../data-types/moments.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { defineFunction, type FunctionDefinition } from './function.ts'

const VERSIONS = ['urn:oasis:names:tc:xacml:1.0:function:', 'urn:oasis:names:tc:xacml:3.0:function:']

/** Calendars that years of nine digits can name. */
const MOST_DAYS = 365_242_499_000n

function bounded(moment: Moment): Moment {
  const days = moment.local / DAY
  if (days > MOST_DAYS || days < -MOST_DAYS) throw processingError('the date is too far away')
  return moment
}

function afterMonths(moment: Moment, months: number): Moment {
  if (Math.abs(months) > 12_000_000_000) throw processingError('the date is too far away')
  const clock = moment.local - floorDay(moment.local) * DAY
  return bounded({
    local: BigInt(daysOf(plusMonths(civilOfMoment(moment), months))) * DAY + clock,
    zone: moment.zone,
  })
}

const afterTime = ({ local, zone }: Moment, length: bigint): Moment => bounded({ local: local + length, zone })

function withMonths(type: DataType<Moment>): FunctionDefinition[] {
  const parameters = [type, yearMonthDuration] as const
  return VERSIONS.flatMap((version) => [
    defineFunction(`${version}${type.name}-add-yearMonthDuration`, parameters, type, afterMonths),
    defineFunction(`${version}${type.name}-subtract-yearMonthDuration`, parameters, type, (moment, months) =>
      afterMonths(moment, 0 - months),
    ),
  ])
}

/** Section A.3.3 of XACML 3.0 (date and time arithmetic): XML Schema 2 appendix E. */
export const dates: readonly FunctionDefinition[] = [
  ...VERSIONS.flatMap((version) => [
    defineFunction(`${version}dateTime-add-dayTimeDuration`, [dateTime, dayTimeDuration], dateTime, afterTime),
    defineFunction(`${version}dateTime-subtract-dayTimeDuration`, [dateTime, dayTimeDuration], dateTime, (at, length) =>
      afterTime(at, -length),
    ),
  ]),
  ...withMonths(dateTime),
  ...withMonths(date),
]
