import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CaseBackends } from './backends.ts'
import { BusFailed, startBus } from './bus-process.ts'
import type { Case, Step } from './cases.ts'
import { evaluate, type Answer, type Outcome, type Scene } from './checks.ts'
import { send } from './client.ts'
import { layOutHome, rewritePorts, type PortMap } from './home.ts'

const AXIS2_CLIENTS = ['AxisServiceClient', 'StockQuoteClient', 'ServiceClient', 'AxisOperationClient']

export interface CheckResult extends Outcome {
  readonly step: string
  readonly type: string
  readonly basis: 'asserted' | 'implied'
}

/** What became of one case. Without checks the bus never ran; `reason` says why. */
export interface CaseResult {
  readonly id: string
  readonly title: string
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
  readonly reason?: string
  /** Elements that the bus does not support, by name; such a case fails like any other. */
  readonly unsupported: readonly string[]
  readonly milliseconds: number
  readonly log: string
}

export interface PlayOptions {
  readonly command?: readonly string[]
  /** Milliseconds for the whole case. */
  readonly patience?: number
  /** Ports that other cases of this run use at this moment. */
  readonly taken?: Set<number>
}

/** Lays out, starts, plays and checks one case in a directory of its own, against a bus process of its own. */
export async function play(value: Case, directory: string, options: PlayOptions = {}): Promise<CaseResult> {
  const { patience = 30_000, taken = new Set<number>() } = options
  const started = performance.now()
  const home = await mkdtemp(join(tmpdir(), `viaduct-case-${value.id}-`))
  const checks: CheckResult[] = []
  let log = () => ''
  let reason: string | undefined
  await using backends = await CaseBackends.reserve(value, taken)
  try {
    await backends.exchange(value.backends)
    const path = layOutHome(value, directory, home, backends.ports)
    const port = backends.ports.get(value.esb.httpPort) ?? 0
    await using bus = await startBus(path, { port, ...(options.command && { command: options.command }) })
    log = bus.log
    reason = await within(patience - (performance.now() - started), playSteps(value, backends, checks))
    if (bus.exited()) reason = 'the bus ended while the case was played'
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error)
    if (error instanceof BusFailed) log = () => error.log
  } finally {
    await rm(home, { recursive: true, force: true })
  }
  return {
    id: value.id,
    title: value.title,
    ok: reason === undefined && checks.length > 0 && checks.every(({ ok }) => ok),
    checks,
    ...(reason !== undefined && { reason }),
    unsupported: unsupportedIn(log()),
    milliseconds: Math.round(performance.now() - started),
    log: log().slice(-8_000),
  }
}

async function playSteps(value: Case, backends: CaseBackends, results: CheckResult[]): Promise<undefined> {
  const answers = new Map<string, Answer>()
  const scene: Scene = {
    answers,
    captured: () => backends.captured,
    dropsLineBreaks: value.source.clientDropsLineBreaks === true,
    seesBodyOnly: (value.source.clients ?? []).some((client) => AXIS2_CLIENTS.includes(client)),
  }
  for (const original of value.steps) {
    const step = rewriteStep(original, backends.ports)
    if (step.backends !== undefined) await backends.exchange(step.backends)
    const port = step.request.port ?? value.esb.httpPort
    const answer = await send(step.request, backends.ports.get(port) ?? port)
    answers.set(step.name, answer)
    for (const check of step.expect)
      results.push({
        step: step.name,
        type: check.type,
        basis: check.basis ?? 'asserted',
        ...(await evaluate(check, answer, scene)),
      })
  }
  return undefined
}

function rewriteStep(step: Step, ports: PortMap): Step {
  const rewrite = (value: unknown): unknown => {
    if (typeof value === 'string') return rewritePorts(value, ports)
    if (Array.isArray(value)) return value.map(rewrite)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rewrite(member)]))
  }
  return rewrite(step) as Step
}

/** Resolves to a reason when the time is over before the work is done. */
async function within(milliseconds: number, work: Promise<undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('the time for the case is over'), Math.max(milliseconds, 1))
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}

function unsupportedIn(log: string): string[] {
  const messages = [...log.matchAll(/error element-unsupported: (.*)/g)].map(([, message = '']) => message)
  return [...new Set(messages.map((message) => /<([\w:.-]+)/.exec(message)?.[1] ?? message))]
}
