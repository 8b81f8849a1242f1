import { setTimeout as delayed } from 'node:timers/promises'
import { printXml, type XmlElement } from 'viaduct'
import { ServiceFault, type Invocation, type Operation, type SoapService } from './service.ts'
import { childOf, replaceText, textOf } from './xml.ts'
import { openSchema } from './wsdl.ts'

const NAMESPACE = 'http://services.samples'
const LONGEST_SLEEP = 60_000
const LONGEST_LOOP = 10_000_000

export interface LoadBalanceOptions {
  /** Fixed name instead of the name of the server. */
  readonly server?: string
  /** Milliseconds that `sampleOperation` waits before it answers. */
  readonly delay?: number
}

/** LBService1: says which server answered; knows no sessions. Answers repeat the first body element with another text. */
export function lbService1({ server, delay = 0 }: LoadBalanceOptions = {}): SoapService {
  const greeting = (call: Invocation) => {
    const name = server ?? call.server
    return name === undefined ? 'Response from anonymous server' : `Response from server: ${name}`
  }
  return rawService('LBService1', {
    sampleOperation: async (call) => {
      if (delay > 0) await delayed(delay, undefined, { ref: false })
      return answered(call, greeting(call))
    },
    setClientName: (call) => answered(call, 'Sessions are not supported in this service.'),
    sleepOperation: (call) => worked(call, sleep, greeting),
    loadOperation: (call) => worked(call, spin, greeting),
  })
}

/** LBService2: keeps a client name and a counter per HTTP session. */
export function lbService2({ server }: Pick<LoadBalanceOptions, 'server'> = {}): SoapService {
  const progress = (call: Invocation) => {
    const count = Number(call.session.get('count') ?? 0) + 1
    call.session.set('count', String(count))
    const client = call.session.get('client') ?? 'null'
    return `Server: ${server ?? call.server ?? 'anonymous'} processed the request ${count} from client: ${client}`
  }
  return rawService('LBService2', {
    setClientName: (call) => {
      const client = textOf(elementOf(call))
      call.session.set('client', client)
      return answered(call, `Server ${server ?? call.server ?? 'anonymous'} started a session with client ${client}`)
    },
    sleepOperation: (call) => worked(call, sleep, progress),
    loadOperation: (call) => worked(call, spin, progress),
  })
}

function rawService(name: string, table: Record<string, Operation>): SoapService {
  const operations = new Map(Object.entries(table))
  return {
    kind: 'soap',
    name,
    namespace: NAMESPACE,
    operations,
    wsdl: { schemas: openSchema(NAMESPACE, operations.keys()) },
  }
}

function elementOf(call: Invocation): XmlElement {
  if (call.wrapper === undefined) throw new ServiceFault('Client', 'The body of the request is empty.')
  return call.wrapper
}

function answered(call: Invocation, text: string): string {
  const element = elementOf(call)
  replaceText(element, text)
  return printXml(element)
}

async function worked(
  call: Invocation,
  work: (load: number) => Promise<void>,
  text: (call: Invocation) => string,
): Promise<string> {
  const element = elementOf(call)
  const load = childOf(element, 'load')
  if (load === undefined) throw new ServiceFault('Client', `The element ${element.name} has no child load.`)
  await work(Math.max(0, Number(textOf(load)) || 0))
  replaceText(load, text(call))
  return printXml(element)
}

async function sleep(milliseconds: number): Promise<void> {
  await delayed(Math.min(milliseconds, LONGEST_SLEEP), undefined, { ref: false })
}

async function spin(rounds: number): Promise<void> {
  let sum = 0
  for (let i = 0; i < Math.min(rounds, LONGEST_LOOP); i++) sum += i
  await Promise.resolve(sum)
}
