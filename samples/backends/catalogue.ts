import { axis2Service } from './axis2-service.ts'
import { carbonEcho } from './carbon-echo.ts'
import { echoHttp } from './echo-http.ts'
import { fastStockQuote } from './fast-stock-quote.ts'
import { lbService1, lbService2 } from './load-balance.ts'
import { mtomSwaSample } from './mtom-swa.ts'
import { music } from './music.ts'
import type { SampleService } from './service.ts'
import { simpleStockQuote } from './simple-stock-quote.ts'
import { soapFaultSample } from './soap-fault-sample.ts'

const SERVICES: ReadonlyMap<string, () => SampleService> = new Map<string, () => SampleService>([
  ['Axis2Service', axis2Service],
  ['EchoHttpServer', echoHttp],
  ['FastStockQuoteService', fastStockQuote],
  ['LBService1', lbService1],
  ['LBService2', lbService2],
  ['MTOMSwASampleService', mtomSwaSample],
  ['MusicService', music],
  ['SOAPFaultSample', soapFaultSample],
  ['SimpleStockQuoteService', simpleStockQuote],
  ['echo', carbonEcho],
])

/** The names that `serviceNamed` knows. */
export const SERVICE_NAMES: readonly string[] = [...SERVICES.keys()]

/** A fresh instance of the sample service of that name, as `sample.json` files call it. */
export function serviceNamed(name: string): SampleService {
  const create = SERVICES.get(name)
  if (create === undefined) throw new Error(`there is no sample service ${name}; there are ${SERVICE_NAMES.join(', ')}`)
  return create()
}
