import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { DOMParser } from '@xmldom/xmldom'
import { expect, test } from 'vitest'
import { axis2Service, carbonEcho, createBackend, simpleStockQuote } from './index.ts'

const run = promisify(execFile)
const hasZeep = spawnSync('python3', ['-c', 'import zeep']).status === 0
if (!hasZeep) console.warn('skipped: the tests with zeep need Python 3 and `pip install zeep`')

test('the WSDL has a SOAP 1.1, a SOAP 1.2 and an HTTP port at the address it was asked for', async () => {
  await using backend = await createBackend({ services: [simpleStockQuote()] })
  const response = await fetch(`${backend.url}/services/SimpleStockQuoteService?wsdl`)
  expect(response.headers.get('content-type')).toBe('text/xml; charset=UTF-8')
  const document = new DOMParser().parseFromString(await response.text(), 'text/xml')
  const addresses = ['soap/', 'soap12/', 'http/'].map((binding) => {
    const [address] = document.getElementsByTagNameNS(`http://schemas.xmlsoap.org/wsdl/${binding}`, 'address')
    return address?.getAttribute('location')
  })
  const base = `${backend.url}/services/SimpleStockQuoteService.SimpleStockQuoteServiceHttp`
  expect(addresses).toEqual([`${base}Soap11Endpoint`, `${base}Soap12Endpoint`, `${base}Endpoint`])
})

test.skipIf(!hasZeep)(
  'zeep imports the WSDL and calls the service with SOAP 1.1 and 1.2',
  { timeout: 60_000 },
  async () => {
    const service = simpleStockQuote()
    await using backend = await createBackend({ services: [service] })
    const script = `
import sys, json, zeep
client = zeep.Client(sys.argv[1])
answers = []
for port in ('SimpleStockQuoteServiceHttpSoap11Endpoint', 'SimpleStockQuoteServiceHttpSoap12Endpoint'):
    proxy = client.bind('SimpleStockQuoteService', port)
    quote = proxy.getQuote(request={'symbol': 'IBM'})
    answers.append([quote.symbol, quote.name, isinstance(quote.last, float), quote.volume >= 0])
    answers.append(len(proxy.getMarketActivity(request={'symbols': ['A', 'B']})))
    answers.append(len(proxy.getFullQuote(request={'symbol': 'IBM'})))
    proxy.placeOrder(order={'price': 1.5, 'quantity': 2, 'symbol': 'IBM'})
    try:
        proxy.getQuote(request={'symbol': 'ERR'})
    except zeep.exceptions.Fault as fault:
        answers.append(fault.message)
print(json.dumps(answers))
`
    const { stdout } = await run('python3', ['-c', script, `${backend.url}/services/SimpleStockQuoteService?wsdl`])
    const once = [['IBM', 'IBM Company', true, true], 2, 365, 'Invalid stock symbol : ERR']
    expect(JSON.parse(stdout)).toEqual([...once, ...once])
    expect(service.orders).toBe(2)
  },
)

test.skipIf(!hasZeep)('zeep imports the WSDLs of the echo services', { timeout: 60_000 }, async () => {
  await using backend = await createBackend({ services: [axis2Service(), carbonEcho()] })
  const script = `
import sys, zeep
print(zeep.Client(sys.argv[1] + '/services/Axis2Service?wsdl').service.echoString('one'))
print(zeep.Client(sys.argv[1] + '/services/echo?wsdl').service.echoInt(2))
`
  const { stdout } = await run('python3', ['-c', script, backend.url])
  expect(stdout.split('\n').slice(0, 2)).toEqual(['one', '2'])
})
