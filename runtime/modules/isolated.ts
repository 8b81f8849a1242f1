import { Worker } from 'node:worker_threads'
import { Fault, type FaultCode } from '../fault.ts'
import type { LogLevel } from '../log.ts'
import type { Flow, Mediator, Site } from '../mediator.ts'
import type { ModuleCall } from './invoke.ts'
import type { ModuleExport } from './module-exports.ts'
import { applyChanges, type Changes, type Snapshot, takeSnapshot } from './snapshot.ts'

export interface ThreadData {
  readonly url: string
  readonly exportName: string
  readonly name: string
  readonly properties: ReadonlyMap<string, string>
  readonly folder: string
}

export type ToThread = { readonly id: number; readonly snapshot: Snapshot }

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly changes: Changes }
  | {
      readonly kind: 'fault'
      readonly id: number
      readonly code: FaultCode
      readonly message: string
      readonly stack: string | undefined
    }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly category: string; readonly text: string }

interface Waiting {
  resolve(changes: Changes): void
  reject(fault: Fault): void
}

const START_TIME = 10_000

/**
 * A module on a thread of its own. A message that takes longer than the deadline ends the thread: that message and the others
 * it held get a fault, and the next message finds a new thread.
 */
class Thread {
  readonly #data: ThreadData
  readonly #call: ModuleCall
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #next = 0

  constructor(data: ThreadData, call: ModuleCall) {
    this.#data = data
    this.#call = call
  }

  /** Resolves when the module is loaded and set up; rejects with what went wrong. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = this.#spawn()
      const deadline = this.#call.services.deadlines.after(START_TIME, () => fail('it did not finish loading'))
      const fail = (reason: string): void => {
        deadline.cancel()
        void this.stop()
        reject(new Error(reason))
      }
      const settle = (message: FromThread): void => {
        if (message.kind === 'failed') fail(message.message)
        if (message.kind !== 'ready') return
        deadline.cancel()
        worker.off('message', settle)
        resolve()
      }
      worker.on('message', settle)
      worker.once('exit', () => fail('its thread ended while it was loading'))
    })
  }

  run(snapshot: Snapshot): Promise<Changes> {
    const worker = this.#worker ?? this.#spawn()
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const deadline = this.#call.services.deadlines.after(this.#call.timeout, () => {
        reject(new Fault('module-timeout', `module ${this.#call.name} did not finish within ${this.#call.timeout} ms`))
        this.#waiting.delete(id)
        this.#end('another message ran out of time')
      })
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          deadline.cancel()
          settle(value)
        }
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) })
      worker.postMessage({ id, snapshot } satisfies ToThread)
    })
  }

  async stop(): Promise<void> {
    const worker = this.#worker
    this.#end('the module is being replaced')
    await worker?.terminate()
  }

  #spawn(): Worker {
    const worker = new Worker(
      new URL(`./isolated-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
      {
        workerData: this.#data,
        env: {},
        resourceLimits: { maxOldGenerationSizeMb: 256 },
      },
    )
    worker.unref()
    worker.on('message', (message: FromThread) => this.#receive(message))
    worker.on('error', (cause) => {
      this.#call.services.log.log(
        'ERROR',
        'modules',
        `module ${this.#call.name} ended its thread: ${cause instanceof Error ? cause.message : 'unknown'}`,
      )
    })
    worker.on('exit', () => {
      if (this.#worker === worker) this.#end('its thread ended')
    })
    this.#worker = worker
    return worker
  }

  /** Ends the thread; everything it held gets a fault. */
  #end(reason: string): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    for (const waiting of this.#waiting.values())
      waiting.reject(new Fault('module-timeout', `module ${this.#call.name} was ended: ${reason}`))
    this.#waiting.clear()
  }

  #receive(message: FromThread): void {
    if (message.kind === 'log') this.#call.services.log.log(message.level, message.category, message.text)
    if (message.kind !== 'done' && message.kind !== 'fault') return
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.kind === 'done') waiting?.resolve(message.changes)
    else waiting?.reject(new Fault(message.code, message.message, { detail: message.stack }))
  }
}

/** A mediator that runs `module` on a thread of its own, with copies of the message going there and changes coming back. */
export function isolated(
  module: ModuleExport,
  call: ModuleCall,
  properties: ReadonlyMap<string, string>,
  site: Site,
): Mediator {
  const { url, exportName, file } = module
  const thread = new Thread({ url, exportName, properties, name: call.name, folder: file }, call)
  site.linker.onStart(async () => {
    try {
      await thread.start()
    } catch (thrown) {
      throw new Error(`module ${call.name}: ${thrown instanceof Error ? thrown.message : 'it failed to load'}`, {
        cause: thrown,
      })
    }
  })
  site.linker.onStop(() => thread.stop())
  return async (ctx): Promise<Flow> => {
    const changes = await thread.run(takeSnapshot(ctx))
    applyChanges(ctx, changes)
    return changes.flow
  }
}
