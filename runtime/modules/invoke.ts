import type { BusServices } from '../bus.ts'
import { Fault } from '../fault.ts'
import type { Flow } from '../mediator.ts'

/** Which module a call belongs to, for faults, deadlines and the watchdog. */
export interface ModuleCall {
  readonly name: string
  /** Milliseconds. */
  readonly timeout: number
  readonly services: BusServices
  /** The watchdog's number of the module. */
  readonly watched: number
}

export function createModuleCall(name: string, timeout: number, services: BusServices): ModuleCall {
  return { name, timeout, services, watched: services.watchdog?.register(name) ?? 0 }
}

/**
 * Calls a module and makes a flow of what it returns: nothing, `true` and `'continue'` go on, `false` and `'stop'` end, a
 * promise is awaited up to the deadline, anything else is a fault. Whatever the module throws becomes a Fault.
 */
export function invoke(call: ModuleCall, work: () => unknown): Flow | Promise<Flow> {
  const { watchdog } = call.services
  let result: unknown
  try {
    result = watchdog === undefined ? work() : watchdog.watch(call.watched, work)
  } catch (thrown) {
    throw moduleFault(call, thrown)
  }
  if (isThenable(result)) return awaited(call, result)
  return flowOf(call, result)
}

function awaited(call: ModuleCall, result: PromiseLike<unknown>): Promise<Flow> {
  return new Promise<Flow>((resolve, reject) => {
    const deadline = call.services.deadlines.after(call.timeout, () =>
      reject(new Fault('module-timeout', `module ${call.name} did not finish within ${call.timeout} ms`)),
    )
    Promise.resolve(result).then(
      (value) => {
        deadline.cancel()
        try {
          resolve(flowOf(call, value))
        } catch (fault) {
          reject(fault)
        }
      },
      (thrown: unknown) => {
        deadline.cancel()
        reject(moduleFault(call, thrown))
      },
    )
  })
}

function flowOf(call: ModuleCall, value: unknown): Flow {
  if (value === undefined || value === true || value === 'continue') return 'continue'
  if (value === false || value === 'stop') return 'stop'
  throw new Fault('module-misbehaved', `module ${call.name} returned neither a boolean nor a flow`)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false
  try {
    return typeof (value as { then?: unknown }).then === 'function'
  } catch {
    return false
  }
}

/** The fault of a module: its own when it threw one, else with what it threw as cause (whose stack the log shows). */
function moduleFault(call: ModuleCall, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const fault = Fault.from(thrown)
  return new Fault(fault.code, fault.message, { cause: thrown, detail: `module ${call.name}: ${fault.message}` })
}
