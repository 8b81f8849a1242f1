import { parseArgs } from 'node:util'
import { defineFacility, type Mediator, silentLogger, systemPlatform } from 'viaduct'
import { compileMediators, createContext, createDeployment, testServices } from 'viaduct/testing'
import { entitlement } from '../../entitlement/entitlement-facility.ts'
import { policy, rule, SUBJECT, target } from '../../entitlement/testing/policies.ts'
import { loadPolicies } from '../../entitlement/xacml.ts'
import { entitlementService } from '../../mediators/entitlement-service/entitlement-service.ts'
import { median } from '../statistics.ts'

const USAGE = `usage: npm run bench -- entitlement [--rounds 9] [--messages 20000] [--json]

What <entitlementService> adds to a message of 1 KB, in microseconds of processor time: with the policies of the home asked each time, and with a
cache that knows the answer. Everything runs in this process, warm, rounds interleaved, medians. "parsed" is a flow that needs the
message as a tree anyway, "unread" one that does not.`

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: 'string', default: '9' },
    messages: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [rounds, messages] = [Number(values.rounds) || 9, Number(values.messages) || 20_000]

const ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
const QUOTES = policy('quotes', `<Target/>${rule('alice', 'Permit', target(SUBJECT, ID, 'alice'))}`)
const PAYLOAD = Buffer.from(
  `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><m:getQuote xmlns:m="http://services.samples"><m:symbol>IBM</m:symbol><m:note>${'x'.repeat(800)}</m:note></m:getQuote></soapenv:Body></soapenv:Envelope>`,
)

const services = testServices({ platform: systemPlatform, log: silentLogger })
const deployment = createDeployment({ services })
const { point } = loadPolicies([{ file: 'quotes.xml', text: QUOTES }])
const decisions = defineFacility({ name: 'decisions', summary: '', create: () => point })

function compile(xml: string): Mediator {
  const facilities = [decisions, entitlement]
  const { mediator, diagnostics } = compileMediators(xml, {
    mediators: [entitlementService],
    facilities,
    services,
    deployment,
  })
  if (diagnostics.length > 0) throw new Error(diagnostics.join('\n'))
  return mediator
}

const nothing: Mediator = () => 'continue'
const read: Mediator = (ctx) => {
  void ctx.message.tree
  return 'continue'
}

interface Way {
  readonly name: string
  readonly flow: Mediator
  readonly parsed: boolean
}

const asked = compile('<entitlementService/>')
const cached = compile('<entitlementService cacheType="simple" invalidationInterval="3600000" maxCacheEntries="100"/>')
const WAYS: readonly Way[] = [
  { name: 'unread, no mediator', flow: nothing, parsed: false },
  { name: 'unread, policies asked', flow: asked, parsed: false },
  { name: 'unread, cache hit', flow: cached, parsed: false },
  { name: 'parsed, no mediator', flow: nothing, parsed: true },
  { name: 'parsed, policies asked', flow: asked, parsed: true },
  { name: 'parsed, cache hit', flow: cached, parsed: true },
]

/** Microseconds of processor time for each message, collecting garbage included. */
async function measure({ flow, parsed }: Way): Promise<number> {
  const started = process.cpuUsage()
  for (let i = 0; i < messages; i++) {
    const ctx = createContext({ deployment, target: '/services/Quote', body: PAYLOAD })
    ctx.properties.set('axis2', 'username', 'alice')
    if (parsed) await read(ctx)
    const ended = flow(ctx)
    if (ended instanceof Promise) await ended
    if (ctx.properties.get('default', 'ENTITLEMENT_DECISION') === 'Deny') throw new Error('the message was denied')
  }
  const { user, system } = process.cpuUsage(started)
  return (user + system) / messages
}

if (values.help) console.log(USAGE)
else {
  const samples = new Map<string, number[]>(WAYS.map(({ name }) => [name, []]))
  for (const way of WAYS) await measure(way)
  for (let round = 0; round < rounds; round++) for (const way of WAYS) samples.get(way.name)?.push(await measure(way))
  const figures = WAYS.map(({ name, parsed }) => {
    const own = median(samples.get(name) ?? [])
    const without = median(samples.get(parsed ? 'parsed, no mediator' : 'unread, no mediator') ?? [])
    return { name, microseconds: own, added: own - without }
  })
  if (values.json) console.log(JSON.stringify({ rounds, messages, figures }))
  else
    for (const { name, microseconds, added } of figures)
      console.log(
        `${name.padEnd(26)}${microseconds.toFixed(2).padStart(8)} µs${added.toFixed(2).padStart(10)} µs added`,
      )
}
