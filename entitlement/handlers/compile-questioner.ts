import {
  createModuleCall,
  type DecisionRequest,
  EntitlementCallbackHandler,
  invoke,
  type Linker,
  type Questioner,
  type Span,
} from 'viaduct'
import { questionOf } from './question.ts'
import { SHIPPED_HANDLERS, UTEntitlementCallbackHandler } from './shipped-handlers.ts'

const SHIPPED: ReadonlySet<string> = new Set(SHIPPED_HANDLERS.keys())

/** The callback handler of a class name, as what makes questions: a module in `mediators/`, else one that ships. */
export function compileQuestioner(className: string | undefined, at: Span, linker: Linker): Questioner | undefined {
  if (className === undefined) return asking(new UTEntitlementCallbackHandler())
  const found = linker.module(className, at, SHIPPED)
  if (found === undefined) {
    const shipped = SHIPPED_HANDLERS.get(className.slice(className.lastIndexOf('.') + 1))
    return shipped === undefined ? undefined : asking(new shipped())
  }
  if (found.kind !== 'extension' || found.extension !== EntitlementCallbackHandler.extension) {
    linker.report('module-failed', at, `${className} is no class that extends EntitlementCallbackHandler`)
    return undefined
  }
  if (found.isolation === 'worker') {
    linker.report('module-failed', at, `${className}: a callback handler cannot run on a thread of its own`)
    return undefined
  }
  const handler = madeBy(found.create, className, at, linker)
  if (handler === undefined) return undefined
  const call = createModuleCall(className, found.timeout, linker.services)
  return (ctx) => {
    let question: DecisionRequest | undefined
    const flow = invoke(call, () => {
      const made = questionOf(handler, ctx)
      if (!(made instanceof Promise)) question = made
      else return made.then((late) => void (question = late))
      return undefined
    })
    return typeof flow === 'string' ? given(question) : flow.then(() => given(question))
  }
}

const asking =
  (handler: EntitlementCallbackHandler): Questioner =>
  (ctx) =>
    questionOf(handler, ctx)

function given(question: DecisionRequest | undefined): DecisionRequest {
  if (question === undefined) throw new Error('the callback handler gave no question')
  return question
}

function madeBy(
  create: new () => object,
  className: string,
  at: Span,
  linker: Linker,
): EntitlementCallbackHandler | undefined {
  try {
    const made = new create()
    if (made instanceof EntitlementCallbackHandler) return made
    linker.report('module-failed', at, `${className} does not extend EntitlementCallbackHandler of this bus`)
  } catch (thrown) {
    linker.report(
      'module-failed',
      at,
      `${className}: ${thrown instanceof Error ? thrown.message : 'it cannot be made'}`,
    )
  }
  return undefined
}
