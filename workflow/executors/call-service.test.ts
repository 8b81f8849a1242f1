import { expect, test } from 'vitest'
import { type MemoryAnswer, MemorySender } from 'viaduct/testing'
import { recordElement } from '../soap-record.ts'
import { callService } from './call-service.ts'

const address = {
  endpoint: 'http://bps.example/p',
  username: '',
  password: '',
  contentType: 'text/xml',
  action: 'urn:go',
}

async function call(answer: MemoryAnswer, changes: Partial<typeof address> = {}, value = 'x') {
  const sender = new MemorySender(() => answer)
  const payload = recordElement('Request', 'urn:wf', { userName: value })
  await callService({ ...address, ...changes }, payload, (scheme) => (scheme === 'http' ? sender : undefined))
  return sender.requests[0]
}

test('values cannot become markup', async () => {
  const sent = await call({ status: 202 }, {}, `a<b></userName>&"'`)
  expect(sent?.text).toContain(`<wor:userName>a&lt;b&gt;&lt;/userName&gt;&amp;"'</wor:userName>`)
})

test('a name and a password are sent when there are some', async () => {
  expect((await call({ status: 200 }))?.headers.get('Authorization')).toBeUndefined()
  const sent = await call({ status: 200 }, { username: 'bps', password: 'ü:x' })
  expect(sent?.headers.get('Authorization')).toBe(`Basic ${Buffer.from('bps:ü:x').toString('base64')}`)
  expect(sent?.headers.get('SOAPAction')).toBe('"urn:go"')
})

test.each([404, 500, 503])('an answer %d is a failure', async (status) => {
  await expect(call({ status })).rejects.toThrow(`the workflow service answered ${status}`)
})

test.each([
  ['', 'is no address'],
  ['bps', 'is no address'],
  ['ftp://bps', 'there is no transport for ftp://bps'],
])('the endpoint %j is a failure', async (endpoint, reason) => {
  await expect(call({ status: 200 }, { endpoint })).rejects.toThrow(reason)
})
