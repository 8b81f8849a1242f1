import { ServiceFault, type Operation, type SoapService } from './service.ts'
import { openSchema } from './wsdl.ts'

const NAMESPACE = 'http://services.samples'

/** SOAPFaultSample: every call of `throwAxisFault` fails and is counted; the retry tests read the count. */
export function soapFaultSample(): SoapService {
  let count = 0
  const returned = (operation: string, value: number) =>
    `<ns:${operation}Response xmlns:ns="${NAMESPACE}"><ns:return>${value}</ns:return></ns:${operation}Response>`
  const table: Record<string, Operation> = {
    throwAxisFault: () => {
      count++
      throw new ServiceFault('Server', 'User generated soap fault')
    },
    getRequestCount: () => returned('getRequestCount', count),
    clearRequestCount: () => {
      count = 0
      return returned('clearRequestCount', count)
    },
  }
  const operations = new Map(Object.entries(table))
  const wsdl = { schemas: openSchema(NAMESPACE, operations.keys()) }
  return { kind: 'soap', name: 'SOAPFaultSample', namespace: NAMESPACE, operations, wsdl }
}
