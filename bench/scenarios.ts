/** What one figure compares: requests per second of `measured` as a part of those of `against`. */
export interface Figure {
  readonly name: string
  readonly measured: Load
  readonly against?: Load
  /** At least this part. Without a goal the figure is only reported. */
  readonly goal?: number
}

export type Server = 'bus' | 'secured' | 'nginx' | 'relay' | 'backend'

/** Requests of one kind to one server. */
export interface Load {
  readonly server: Server
  readonly path: string
  readonly size: number
  readonly format: 'soap' | 'json'
  /** Secured for a proxy as the policy of that name asks. */
  readonly policy?: string
}

export interface Scenario {
  readonly name: string
  readonly figures: readonly Figure[]
}

const KB = 1024

const soap = (server: Server, path: string, size: number): Load => ({ server, path, size, format: 'soap' })
const direct = (size: number): Load => soap('bus', '/services/Direct', size)
const label = (size: number): string => `${size / KB} KB`

/** A proxy compared with the direct proxy, one figure for each size. */
function besideDirect(
  name: string,
  path: string,
  goals: readonly (readonly [size: number, goal?: number])[],
): Scenario {
  const figures = goals.map(([size, goal]) => ({
    name: `${name}, ${label(size)}, to direct`,
    measured: soap('bus', path, size),
    against: direct(size),
    ...(goal !== undefined && { goal }),
  }))
  return { name, figures }
}

const PASSED: readonly (readonly [number, number])[] = [
  [KB, 0.95],
  [10 * KB, 0.95],
  [100 * KB, 0.95],
]

/** The scenarios and, from issue to issue, the numbers to reach. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'direct',
    figures: [
      { name: 'direct, 1 KB, to nginx', measured: direct(KB), against: soap('nginx', '/quote', KB), goal: 0.42 },
      { name: 'direct, 1 KB, to relay', measured: direct(KB), against: soap('relay', '/quote', KB), goal: 0.9 },
      ...[KB / 2, 10 * KB, 100 * KB].flatMap((size) => [
        { name: `direct, ${label(size)}, to nginx`, measured: direct(size), against: soap('nginx', '/quote', size) },
        { name: `direct, ${label(size)}, to relay`, measured: direct(size), against: soap('relay', '/quote', size) },
      ]),
      { name: 'back end alone, 1 KB', measured: soap('backend', '/quote', KB) },
    ],
  },
  besideDirect('route by action', '/services/ByAction', PASSED),
  besideDirect('route by header', '/services/ByHeader', PASSED),
  besideDirect('route by body child', '/services/ByChild', PASSED),
  besideDirect('route by value', '/services/ByValue', [
    [KB, 0.9],
    [10 * KB, 0.6],
    [100 * KB, 0.4],
  ]),
  besideDirect('changed', '/services/Changed', [
    [KB, 0.65],
    [10 * KB, 0.22],
    [100 * KB, 0.1],
  ]),
  besideDirect('payloadFactory', '/services/Payload', [[KB], [10 * KB], [100 * KB]]),
  {
    name: 'json',
    figures: [KB, 10 * KB].map((size) => ({
      name: `JSON API, ${label(size)}, to direct`,
      measured: { server: 'bus', path: '/json/quote', size, format: 'json' },
      against: direct(size),
    })),
  },
  {
    name: 'secured',
    figures: [
      ['signed', '/services/Signed'],
      ['encrypted', '/services/Encrypted'],
    ].flatMap(([policy = '', path = '']) =>
      [KB, 10 * KB, 100 * KB].map((size) => ({
        name: `secured proxy, ${policy}, ${label(size)}`,
        measured: { ...soap('secured', path, size), policy },
      })),
    ),
  },
  besideDirect('twenty idle mediators', '/services/Twenty', [[KB, 0.97]]),
]

/** A body of about `size` bytes; the value that mediators look for stands at its end. */
export function bodyOf({ size, format }: Pick<Load, 'size' | 'format'>): string {
  return format === 'soap' ? soapBody(size) : jsonBody(size)
}

function soapBody(size: number): string {
  const head =
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>' +
    '<m0:getQuote xmlns:m0="http://services.samples"><m0:request>'
  const tail = '<m0:symbol>IBM</m0:symbol></m0:request></m0:getQuote></soapenv:Body></soapenv:Envelope>'
  const item = (n: number) =>
    `<m0:item id="${n}"><m0:name>Item number ${n}</m0:name><m0:price>${n}.50</m0:price></m0:item>`
  return head + fill(size - head.length - tail.length, item) + tail
}

function jsonBody(size: number): string {
  const item = (n: number) => `{"id":${n},"name":"Item number ${n}","price":${n}.5},`
  const [head, tail] = ['{"items":[', '{"id":0}],"symbol":"IBM"}']
  return head + fill(size - head.length - tail.length, item) + tail
}

function fill(size: number, item: (n: number) => string): string {
  let text = ''
  for (let n = 1; ; n++) {
    const next = item(n)
    if (text.length + next.length > size) return text
    text += next
  }
}
