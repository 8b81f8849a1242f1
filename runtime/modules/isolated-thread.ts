/** The thread of one isolated module: loads it, sets it up once, and runs it on copies of messages. */
import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { AnyMediatorDefinition } from '../artifact.ts'
import { BodyBudget } from '../body-budget.ts'
import { Compiler } from '../compiler.ts'
import { MessageContext } from '../context.ts'
import { Deployment } from '../deployment.ts'
import { Exchange, sendBack } from '../exchange.ts'
import { Fault } from '../fault.ts'
import { Language } from '../language.ts'
import type { Linker } from '../linker.ts'
import type { Logger } from '../log.ts'
import type { Mediator } from '../mediator.ts'
import { Metrics } from '../metrics.ts'
import { systemPlatform } from '../platform.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import { InvalidValue } from '../schema.ts'
import { Stores } from '../stores.ts'
import { Deadlines } from '../time.ts'
import type { Arrival } from '../transport.ts'
import { XmlAttribute, XmlElement } from '../xml/tree.ts'
import { createModuleCall, invoke } from './invoke.ts'
import type { FromThread, ThreadData, ToThread } from './isolated.ts'
import { type ModuleExport, readExports } from './module-exports.ts'
import { installEngine } from './modules.ts'
import { bodyOf, type Changes, propertiesOf, restoreMessage, type Snapshot } from './snapshot.ts'

const data = workerData as ThreadData
const post = (message: FromThread): void => parentPort?.postMessage(message)

const log: Logger = {
  enabled: () => true,
  log: (level, category, text) => post({ kind: 'log', level, category, text }),
}

const services = {
  settings: DEFAULT_SETTINGS,
  platform: systemPlatform,
  deadlines: new Deadlines(),
  log,
  stores: new Stores(),
  bodies: new BodyBudget(DEFAULT_SETTINGS.limits.bodies),
  metrics: new Metrics(),
  watchdog: undefined,
  senders: new Map<string, never>(),
  system: new Map<string, string>(),
  environment: () => undefined,
  home: '',
}

const deployment = new Deployment({
  number: 0,
  services,
  artifacts: new Map(),
  entrances: [],
  resource: () => undefined,
  start: [],
  stop: [],
})

function contextOf(snapshot: Snapshot): MessageContext {
  const message = restoreMessage(snapshot)
  const arrival: Arrival = {
    transport: 'local',
    method: 'POST',
    target: '/',
    httpVersion: '1.1',
    message,
    remoteAddress: '',
    localAddress: '',
    localPort: 0,
    peerCertificate: () => undefined,
    reply: () => undefined,
    abort: () => {},
    onClose: () => {},
  }
  const route = { name: data.name, receive: sendBack, answer: undefined, fault: sendBack }
  const ctx = new MessageContext(new Exchange(deployment, arrival, route), message, snapshot.response)
  for (const [scope, name, value] of snapshot.properties) ctx.properties.set(scope, name, value)
  for (const [name, value] of snapshot.variables) ctx.variables.set(name, value)
  return ctx
}

function changesOf(ctx: MessageContext, before: Snapshot, flow: 'continue' | 'stop'): Changes {
  const old = new Map(before.properties.map(([scope, name, value]) => [`${scope} ${name}`, value]))
  const now = propertiesOf(ctx)
  const kept = new Set(now.map(([scope, name]) => `${scope} ${name}`))
  return {
    flow,
    headers: [...ctx.message.headers.raw],
    body: ctx.message.revision > 0 && !ctx.message.empty ? bodyOf(ctx.message) : undefined,
    properties: [
      ...now.filter(([scope, name, value]) => old.get(`${scope} ${name}`) !== value),
      ...before.properties
        .filter(([scope, name]) => !kept.has(`${scope} ${name}`))
        .map(([scope, name]) => [scope, name, undefined] as const),
    ] as Changes['properties'],
    variables: [...ctx.variables].filter(([, value]) => typeof value !== 'object') as unknown as Changes['variables'],
  }
}

/** Attributes from literals; references and expressions need a deployment, which this thread has not. */
function ofDefinition(definition: AnyMediatorDefinition): Mediator {
  const problems: string[] = []
  const nothing = (): never => {
    throw new InvalidValue('only literals reach a module on a thread of its own')
  }
  const linker: Linker = {
    report: (code, _at, message) => void problems.push(`${code}: ${message}`),
    services,
    reference: nothing,
    parameter: (text) => text,
    resource: () => undefined,
    pipeline: nothing,
    compile: nothing,
    mediator: nothing,
    endpoint: nothing,
    module: nothing,
    extensions: () => [],
    facility: () => undefined,
    state: (name, fingerprint, create) => services.stores.borrow(name, fingerprint, create),
    onLinked: () => {},
    onStart: () => {},
    onStop: () => {},
  }
  const element = new XmlElement(definition.name, definition.namespace)
  element.attributes = [...data.properties].map(([name, value]) => new XmlAttribute(name, value, '', '', element))
  const language = new Language({ mediators: [definition], artifacts: [], pending: new Map() })
  const mediator = new Compiler(language, linker, []).mediator(definition, element, data.name)
  if (mediator === undefined) throw new Error(problems.join('; '))
  return mediator
}

function ofExport(found: ModuleExport): Mediator {
  if (found.kind === 'definition') return ofDefinition(found.definition)
  const call = createModuleCall(data.name, found.timeout, services)
  if (found.kind === 'function') return (ctx) => invoke(call, () => found.mediate(ctx))
  if (found.kind === 'extension') throw new Error(`${data.name} is no mediator`)
  const object = new found.create()
  for (const [name, value] of data.properties) {
    const setter: unknown = Reflect.get(object, `set${name.charAt(0).toUpperCase()}${name.slice(1)}`)
    if (typeof setter === 'function') Reflect.apply(setter, object, [value])
    else Reflect.set(object, name, value)
  }
  return (ctx) => invoke(call, () => object.mediate(ctx))
}

installEngine(dirname(data.folder))
try {
  const namespace = (await import(data.url)) as object
  const found = readExports(namespace, data.folder, data.url).exports.find(
    ({ exportName }) => exportName === data.exportName,
  )
  if (found === undefined) throw new Error('the export is gone')
  const mediator = ofExport(found)
  parentPort?.on('message', ({ id, snapshot }: ToThread) => void serve(mediator, id, snapshot))
  post({ kind: 'ready' })
} catch (thrown) {
  post({ kind: 'failed', message: thrown instanceof Error ? thrown.message : 'it failed to load' })
}

async function serve(mediator: Mediator, id: number, snapshot: Snapshot): Promise<void> {
  try {
    const ctx = contextOf(snapshot)
    post({ kind: 'done', id, changes: changesOf(ctx, snapshot, await mediator(ctx)) })
  } catch (thrown) {
    const fault = Fault.from(thrown)
    const stack = thrown instanceof Error ? thrown.stack : undefined
    post({ kind: 'fault', id, code: fault.code, message: fault.message, stack })
  }
}
