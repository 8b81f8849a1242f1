import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply, condition, designator, FIRST, policy, rule, value } from '../../entitlement/testing/policies.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { type BusProcess, startBus } from '../conformance/bus-process.ts'

/** The module of the guide, so that what the guide says is what runs. */
const guide = readFileSync(join(import.meta.dirname, '../../docs/guide/entitlement.md'), 'utf8')
const HANDLER = /^```ts\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? ''

const permits = (department: string): string =>
  policy(
    'departments',
    `<Target/>${rule('permit', 'Permit', condition(apply('string-is-in', value(department), designator('urn:acme:department', 'name'))))}${rule('deny', 'Deny')}`,
    FIRST,
  )

let home: TestFolder
let bus: BusProcess
beforeAll(async () => {
  home = new TestFolder({
    'mediators/department.ts': HANDLER,
    'policies/departments.xml': permits('sales'),
    'proxies/Quote.xml': `<proxy xmlns="http://ws.apache.org/ns/synapse" name="Quote" transports="http"><target><inSequence>
<entitlementService callbackClass="org.acme.DepartmentCallbackHandler" cacheType="simple" invalidationInterval="600000" maxCacheEntries="100">
<onAccept><property name="X-Outcome" value="accepted" scope="transport"/></onAccept>
<onReject><property name="X-Outcome" value="rejected" scope="transport"/></onReject></entitlementService><respond/></inSequence></target></proxy>`,
  })
  bus = await startBus(home.path, { port: 0, adminPort: 0, watch: true })
}, 30_000)
afterAll(async () => {
  await bus?.stop()
  home?.[Symbol.dispose]()
})

const outcome = async (employee?: string): Promise<string | null> => {
  const headers = { 'Content-Type': 'application/xml', ...(employee !== undefined && { 'X-Employee': employee }) }
  const reply = await fetch(`${bus.listening[0]}/services/Quote`, { method: 'POST', headers, body: '<getQuote/>' })
  await reply.arrayBuffer()
  return reply.headers.get('X-Outcome') ?? String(reply.status)
}

/** A file as editors save it: whole, at once. */
function save(name: string, text: string): void {
  home.write(`${name}.new`, text)
  renameSync(home.file(`${name}.new`), home.file(name))
}

test('the handler of the guide decides what is asked, and counts at once when it or the policies change', async () => {
  expect(HANDLER).toContain('extends EntitlementCallbackHandler')
  expect(await outcome('ann')).toBe('accepted')
  expect(await outcome('ann')).toBe('accepted')
  expect(await outcome()).toBe('500')
  save('mediators/department.ts', HANDLER.replace("'sales'", "'support'"))
  await expect.poll(() => outcome('ann'), { timeout: 5_000 }).toBe('rejected')
  save('policies/departments.xml', permits('support'))
  await expect.poll(() => outcome('ann'), { timeout: 5_000 }).toBe('accepted')
  // Policies that are wrong change nothing.
  save('policies/departments.xml', permits('sales').replace('string-is-in', 'string-is-inn'))
  await expect.poll(() => bus.log().includes('policy-function'), { timeout: 5_000 }).toBe(true)
  expect(await outcome('ann')).toBe('accepted')
})
