import { afterAll, beforeAll, expect, test } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { TestFolder } from '../runtime/testing/folder.ts'
import { createMailtoSender } from '../mail/index.ts'
import { artifact, memoryBus } from './memory-bus.ts'

const PROXY = artifact(`<proxy name="Notify" transports="http">
  <target>
    <inSequence>
      <property name="Subject" expression="fn:concat('Order ', //id)" scope="transport"/>
      <property name="Cc" value="copy@example.com" scope="transport"/>
      <call><endpoint><address uri="mailto:orders@example.com" format="pox"/></endpoint></call>
      <payloadFactory media-type="json"><format>{"status": "$1"}</format>
        <args><arg expression="get-property('axis2', 'HTTP_SC')"/></args></payloadFactory>
      <respond/>
    </inSequence>
  </target>
</proxy>`)

const home = new TestFolder()
let bus: Awaited<ReturnType<typeof memoryBus>>
beforeAll(async () => {
  bus = await memoryBus(
    { 'notify.xml': PROXY },
    { home: home.path, senders: [createMailtoSender(() => bus.bus.deployment?.facility('mail'))] },
  )
})
afterAll(async () => {
  await bus.bus.stop()
  home[Symbol.dispose]()
})

const order = (id: string) =>
  bus.request({
    method: 'POST',
    target: '/services/Notify',
    headers: { 'Content-Type': 'application/xml' },
    body: `<order><id>${id}</id></order>`,
  })

const letters = () =>
  readdirSync(home.file('data/mail')).map((name) => readFileSync(home.file(`data/mail/${name}`), 'utf8'))

test('a message sent to a mailto: address is a letter with the message attached', async () => {
  expect(bus.diagnostics).toEqual([])
  const answer = await order('7')
  expect([answer.status, answer.text]).toEqual([202, '{"status": "202"}'])
  const [letter = ''] = letters()
  expect(letter).toMatch(/^To: orders@example\.com\r$/m)
  expect(letter).toMatch(/^Cc: copy@example\.com\r$/m)
  expect(letter).toMatch(/^Subject: Order 7\r$/m)
  expect(letter).toContain(Buffer.from('<order><id>7</id></order>').toString('base64').slice(0, 30))
})

test.each(['a&#13;&#10;Bcc: victim@example.com', 'a&#10;Bcc: victim@example.com'])(
  'a subject with a line break (%s) is a fault and no letter',
  async (id) => {
    const before = letters().length
    const answer = await order(id)
    expect(answer.status).toBe(500)
    expect(letters()).toHaveLength(before)
    expect(letters().join('')).not.toContain('victim')
  },
)
