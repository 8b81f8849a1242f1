import { describe, expect, test } from 'vitest'
import { Deployment, Exchange, type ListenRequest, type Sequence } from 'viaduct'
import {
  type ArrivalOptions,
  compileElement,
  createArrival,
  createDeployment,
  createMarks,
  testServices,
} from 'viaduct/testing'
import { respond } from '../../mediators/respond/respond.ts'
import { api } from '../api/api.ts'
import { proxy } from '../proxy/proxy.ts'
import { inboundEndpoint } from './inbound-endpoint.ts'

const parameter = (name: string, value: string): string => `<parameter name="${name}">${value}</parameter>`
const inbound = (parameters: string, attributes = 'sequence="own"'): string =>
  `<inboundEndpoint name="I" protocol="http" ${attributes}><parameters>${parameter('inbound.http.port', '8081')}${parameters}</parameters></inboundEndpoint>`

/** A home with an inbound endpoint, two APIs, a proxy and sequences that say who they are. */
function home(xml: string) {
  const requests: ListenRequest[] = []
  let open = 0
  const listen = (request: ListenRequest): Promise<() => Promise<void>> => {
    requests.push(request)
    open++
    return Promise.resolve(() => Promise.resolve(void open--))
  }
  const services = testServices({ listen })
  const marks = createMarks()
  const said = (name: string): [string, Sequence] => [
    name,
    {
      name,
      mediator: (ctx) => (
        marks.passed.push(`${name} ${String(ctx.properties.get('default', 'inbound.endpoint.name'))}`),
        'continue'
      ),
    },
  ]
  const sequences = new Map<string, Sequence>([
    said('own'),
    said('main'),
    said('oops'),
    ['fault', { name: 'fault', mediator: () => 'stop' as const }],
  ])
  const named = createDeployment({ services, artifacts: { sequence: Object.fromEntries(sequences) } })
  const options = { services, deployment: named, mediators: [respond, marks.definition] }
  const compile = compileElement(inboundEndpoint, xml, options)
  const apis = [
    ['Open', '/open', ''],
    ['Bound', '/bound', 'binds-to="I"'],
  ].map(([name, context, attributes]) => {
    const source = `<api name="${name}" context="${context}" ${attributes}><resource><inSequence><mark name="api ${name}"/><respond/></inSequence></resource></api>`
    return [name ?? '', compileElement(api, source, options).value] as const
  })
  const service = compileElement(
    proxy,
    '<proxy name="P"><target><inSequence><mark name="proxy"/><respond/></inSequence></target></proxy>',
    options,
  ).value
  const { value } = compile
  const entrance = value && inboundEndpoint.entrance?.(new Map([['I', value]]), undefined as never)
  const deployment = new Deployment({
    number: 1,
    services,
    artifacts: new Map<string, ReadonlyMap<string, unknown>>([
      ['sequence', sequences],
      ['api', new Map(apis)],
      ['proxy', new Map([['P', service]])],
    ]),
    entrances: entrance === undefined ? [] : [entrance],
    resource: () => undefined,
    start: compile.started,
    stop: compile.stopped,
  })
  const request = async (options: ArrivalOptions) => {
    const arrival = createArrival({ method: 'GET', inbound: '8081', ...options })
    const route = deployment.route(arrival)
    if (route === undefined) throw new Error('no route')
    new Exchange(deployment, arrival, route).start()
    await arrival.answered
    return marks.passed.splice(0)
  }
  return { ...compile, deployment, requests, open: () => open, request }
}

test('its sequence takes what comes through its port, and knows where it came from', async () => {
  const { request } = home(inbound(''))
  expect(await request({ target: '/services/P' })).toEqual(['own I'])
  expect(await request({ target: '/open' })).toEqual(['own I'])
})

test('without a sequence its messages go to main', async () => {
  expect(await home(inbound('', '')).request({ target: '/x' })).toEqual(['main I'])
})

test('APIs that bind to it come first', async () => {
  expect(await home(inbound('')).request({ target: '/bound/x' })).toEqual(['api Bound'])
})

test('api.dispatching.enabled lets other APIs take their requests', async () => {
  const { request } = home(inbound(parameter('api.dispatching.enabled', 'true')))
  expect(await request({ target: '/open/x' })).toEqual(['api Open'])
  expect(await request({ target: '/x' })).toEqual(['own I'])
})

test('requests that match dispatch.filter.pattern go to APIs, proxies and main; others to main', async () => {
  const { request } = home(inbound(parameter('dispatch.filter.pattern', '/(open|services).*')))
  expect(await request({ target: '/open/x' })).toEqual(['api Open'])
  expect(await request({ target: '/services/P' })).toEqual(['proxy'])
  expect(await request({ target: '/services/Q' })).toEqual(['main I'])
  expect(await request({ target: '/other' })).toEqual(['main I'])
})

test('its port is opened with the deployment and given back with it, unless it is suspended', async () => {
  const { deployment, requests, open } = home(inbound(''))
  expect(requests).toEqual([])
  await deployment.start()
  expect([requests, open()]).toEqual([[{ inbound: '8081', port: 8081, secure: false }], 1])
  await deployment[Symbol.asyncDispose]()
  expect(open()).toBe(0)
  const suspended = home(inbound('', 'suspend="true"'))
  await suspended.deployment.start()
  expect(suspended.requests).toEqual([])
})

test('what comes through the port of nobody is not taken', () => {
  const { deployment } = home(inbound(''))
  expect(deployment.route(createArrival({ inbound: '9999' }))).toBeUndefined()
  expect(deployment.route(createArrival({}))).toBeUndefined()
})

describe('mistakes', () => {
  test.each([
    [
      '<inboundEndpoint name="I"><parameters><parameter name="inbound.http.port">1</parameter></parameters></inboundEndpoint>',
      'test.xml:1:1 error attribute-missing',
    ],
    [
      '<inboundEndpoint name="I" protocol="jms"><parameters><parameter name="inbound.http.port">1</parameter></parameters></inboundEndpoint>',
      'test.xml:1:37 error element-unsupported',
    ],
    ['<inboundEndpoint name="I" protocol="http"/>', 'the parameter inbound.http.port is missing'],
    [
      '<inboundEndpoint name="I" protocol="http"><parameters><parameter name="inbound.http.port">x</parameter></parameters></inboundEndpoint>',
      'error text-invalid',
    ],
    [inbound(parameter('dispatch.filter.pattern', '(')), 'error text-invalid'],
    [inbound(parameter('keystore', 'x')), 'error element-unsupported'],
    [inbound('', 'sequence="nobody"'), 'error reference-unresolved'],
  ])('%s', (xml, start) => {
    expect(home(xml).diagnostics).toEqual([expect.stringContaining(start)])
  })
})
