import type { SoapService } from './service.ts'
import { openSchema } from './wsdl.ts'

const NAMESPACE = 'http://services.samples'

const QUOTE = {
  change: '-2.573165716892239',
  earnings: '12.729598827258027',
  high: '181.57938605633444',
  last: '79.93167957835779',
  lastTradeTimestamp: 'Thu Jan 25 17:39:12 IST 2007',
  low: '9.93167957835779',
  marketCap: '5.93167957835779',
  name: 'IBM Company',
  open: '15.93167957835779',
  peRatio: '24.283806785853777',
  percentageChange: '-2.334460572410184',
  prevClose: '-179.58650497565893',
  symbol: 'IBM',
  volume: '7618',
}

/** FastStockQuoteService: `getQuote` answers one constant quote, so that load tests measure the bus and not the service. */
export function fastStockQuote(): SoapService {
  const fields = Object.entries(QUOTE).map(([name, value]) => `<ns:${name}>${value}</ns:${name}>`)
  const quote = `<ns:return>${fields.join('')}</ns:return>`
  const body = `<ns:getQuoteResponse xmlns:ns="${NAMESPACE}/xsd">${quote}</ns:getQuoteResponse>`
  const operations = new Map([['getQuote', () => body]])
  const wsdl = { schemas: openSchema(NAMESPACE, operations.keys()) }
  return { kind: 'soap', name: 'FastStockQuoteService', namespace: NAMESPACE, operations, wsdl }
}
