import { describe, expect, test } from 'vitest'
import { Fault } from 'viaduct'
import { createDeployment, MemorySender, sendersOf, testServices } from 'viaduct/testing'
import { bench, mistakes } from '../testing/compile-endpoint.ts'

const WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/">
  <service name="Stock">
    <port name="Soap" binding="b"><soap:address location="http://backend/soap"/></port>
    <port name="Http" binding="b"><http:address location="http://backend/http"/></port>
    <port name="Empty" binding="b"/>
  </service>
</definitions>`

test('the address is that of the port', async () => {
  for (const [port, url] of [
    ['Soap', 'http://backend/soap'],
    ['Http', 'http://backend/http'],
  ]) {
    const {
      endpoint: made,
      sender,
      context,
    } = bench(`<endpoint><wsdl service="Stock" port="${port}">${WSDL}</wsdl></endpoint>`)
    await made.call(context())
    expect(sender.requests[0]?.url).toBe(url)
  }
})

test.each(['file:stock.wsdl', 'http://web/stock?wsdl'])('the WSDL can be read from %s', async (uri) => {
  const sender = new MemorySender()
  const services = testServices({ senders: sendersOf(sender) })
  const deployment = createDeployment({ services, resources: { [uri]: WSDL } })
  const { endpoint: made, context } = bench(
    `<endpoint><wsdl uri="${uri}" service="Stock" port="Soap"/></endpoint>`,
    undefined,
    { services, deployment },
  )
  await made.call(context())
  expect(sender.requests[0]?.url).toBe('http://backend/soap')
})

test('failures count only in a group', async () => {
  const alone = bench(
    `<endpoint><wsdl service="Stock" port="Soap">${WSDL}</wsdl></endpoint>`,
    () => new Fault(101503, 'refused'),
  )
  await expect(alone.endpoint.call(alone.context())).rejects.toMatchObject({ code: 101503 })
  expect(alone.endpoint.ready(alone.context())).toBe(true)
  const grouped = bench(
    `<endpoint><failover><endpoint><wsdl service="Stock" port="Soap">${WSDL}</wsdl></endpoint></failover></endpoint>`,
    () => new Fault(101503, 'refused'),
  )
  await expect(grouped.endpoint.call(grouped.context())).rejects.toMatchObject({ code: 303000 })
  expect(grouped.endpoint.ready(grouped.context())).toBe(false)
})

describe('mistakes', () => {
  test.each([
    ['<wsdl service="Stock" port="Soap"/>', 'error element-missing'],
    [`<wsdl service="Other" port="Soap">${WSDL}</wsdl>`, 'the WSDL has no service "Other"; it has Stock'],
    [
      `<wsdl service="Stock" port="Other">${WSDL}</wsdl>`,
      'the service "Stock" has no port "Other"; it has Soap, Http, Empty',
    ],
    [`<wsdl service="Stock" port="Empty">${WSDL}</wsdl>`, 'the port "Empty" has no SOAP or HTTP address'],
    ['<wsdl uri="file:none.wsdl" service="Stock" port="Soap"/>', 'error resource-unreadable'],
    [
      '<wsdl service="Stock" port="Soap"><description xmlns="http://www.w3.org/ns/wsdl"/></wsdl>',
      'no WSDL 1.1 description',
    ],
  ])('%s', (xml, text) => {
    expect(mistakes(`<endpoint>${xml}</endpoint>`)).toEqual([expect.stringContaining(text)])
  })
})
