import type { BusServices, Endpoint } from 'viaduct'
import {
  type CompileOptions,
  compileElement,
  createContext,
  type ContextOptions,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import type { Backend, TestContext } from 'viaduct/testing'
import { endpoint } from '../endpoint.ts'

/** How snippets with endpoints inside are compiled. */
export const withEndpoints: Pick<CompileOptions, 'endpoint'> = {
  endpoint: (element, path, compiler) => compiler.compile(endpoint, element, path),
}

export interface Bench {
  readonly endpoint: Endpoint
  readonly sender: MemorySender
  readonly services: BusServices
  readonly diagnostics: readonly string[]
  readonly context: (options?: ContextOptions) => TestContext
}

/** An endpoint in front of a back end without sockets. */
export function bench(xml: string, backend: Backend = () => ({}), options: CompileOptions = {}): Bench {
  const sender = new MemorySender(backend)
  const services = options.services ?? testServices({ senders: sendersOf(sender) })
  const compiled = compileElement(endpoint, xml, { ...withEndpoints, services, ...options })
  const value = compiled.value
  if (value === undefined) throw new Error(compiled.diagnostics.join('\n'))
  return {
    endpoint: value,
    sender,
    services,
    diagnostics: compiled.diagnostics,
    context: (contextOptions = {}) =>
      createContext({ services, body: ENVELOPE, headers: { SOAPAction: '"urn:echo"' }, ...contextOptions }),
  }
}

/** What is wrong with an endpoint, as `viaduct check` says it. */
export const mistakes = (xml: string, options: CompileOptions = {}): readonly string[] =>
  compileElement(endpoint, xml, { ...withEndpoints, services: testServices(), ...options }).diagnostics

export const ENVELOPE =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><echo/></s:Body></s:Envelope>'

export const SOAP_FAULT =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>no stock</faultstring></s:Fault></s:Body></s:Envelope>'
