import {
  type Backend,
  compileMediators,
  type ContextOptions,
  createMarks,
  deliver,
  type MemoryReply,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { mediators } from './mediators.ts'

export interface ExchangeOptions extends ContextOptions {
  readonly backend?: Backend
  /** Mediators of the out flow. */
  readonly out?: string
  /** Mediators of the fault flow. */
  readonly fault?: string
}

export interface Exchanged {
  readonly reply: MemoryReply
  readonly passed: readonly string[]
  readonly sender: MemorySender
  readonly lines: readonly string[]
}

/** Runs one request through mediators with every mediator there is; back ends answer what `backend` says. */
export async function exchange(
  xml: string,
  { backend, out, fault, ...options }: ExchangeOptions = {},
): Promise<Exchanged> {
  const marks = createMarks()
  const sender = new MemorySender(backend)
  const services = testServices({ senders: sendersOf(sender) })
  const compile = (text: string) => {
    const { mediator, diagnostics } = compileMediators(text, {
      ...withEndpoints,
      services,
      mediators: [...mediators, marks.definition],
    })
    if (diagnostics.length > 0) throw new Error(diagnostics.join('\n'))
    return mediator
  }
  const route = {
    ...(out === undefined ? {} : { answer: compile(out) }),
    ...(fault === undefined ? {} : { fault: compile(fault) }),
  }
  const reply = await deliver(compile(xml), { contentType: 'application/xml', ...options, services, route })
  const { log } = services
  return { reply, passed: marks.passed, sender, lines: 'lines' in log ? (log.lines as readonly string[]) : [] }
}

/** The diagnostics of a snippet. */
export const mistakes = (xml: string): readonly string[] =>
  compileMediators(xml, { ...withEndpoints, mediators }).diagnostics
