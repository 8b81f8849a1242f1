import {
  child,
  children,
  defineMediator,
  Fault,
  InvalidValue,
  kept,
  type Linker,
  type Mediator,
  type MessageContext,
  named,
  oneOf,
  path,
  required,
  type Site,
  string,
  value,
} from 'viaduct'
import { MessageAccess } from './message-access.ts'
import { fromScript } from './script-json.ts'
import { type CompiledScript, compileScript, type ScriptSource } from './script-engine.ts'
import { XmlValue } from './xml-value.ts'

const JAVASCRIPT = ['js', 'javascript', 'rhinoJs', 'nashornJs', 'graalJs', 'ecmascript', 'jh']

/** `script`: JavaScript that reads and changes the message (language reference 2.2). */
export const script = defineMediator({
  name: 'script',
  summary: 'Runs JavaScript, written here or kept in the registry, with the message as mc.',
  attributes: {
    language: required(string('js, rhinoJs, nashornJs or graalJs; all are the JavaScript of this bus.')),
    key: value('Where the script is kept; without it the script stands here.'),
    function: string('Function of a kept script that runs; mediate unless given.'),
    target: oneOf(['body', 'variable', 'none'], 'What is done with the result of the function.'),
    variable: named('target-variable', string('Variable for the result.')),
  },
  children: {
    includes: children('include', 'Another script whose functions this one uses.', {
      attributes: { key: required(string('Where it is kept.')) },
    }),
    inputs: child('inputs', 'What the function gets after mc.', {
      children: {
        args: children('argument', 'One argument.', {
          attributes: {
            name: string('For people only.'),
            type: string('Not used: values are what they are.'),
            value: string('A literal.'),
            expression: path('Evaluated for every message.'),
          },
        }),
      },
    }),
  },
  content: 'text',
  builds: true,
  check({ language, key, function: name, text }, { fail }) {
    if (!JAVASCRIPT.some((each) => each.toLowerCase() === language.toLowerCase()))
      fail('element-unsupported', `language="${language}": only JavaScript runs here; rewrite the script, or use class`)
    if (key === undefined && name !== undefined) fail('constraint-violated', 'function goes with key')
    if ((key === undefined) === (text === ''))
      fail('constraint-violated', '<script> needs either a key or a script inside')
  },
  compile({ key, function: name = 'mediate', text, includes, inputs, target, variable, node }, site) {
    const { linker, at } = site
    const reading = { element: node, at, linker }
    const others = includes.map(({ key: each }) => each)
    const find =
      key === undefined
        ? always(compiled(() => compileScript([{ text, file: at.file, line: at.line }], undefined), site))
        : key.literal === undefined
          ? byKey(
              (each) => compileScript(sourcesOf([...others, each], linker), name),
              (ctx) => key.string(ctx),
            )
          : always(compiled(() => compileScript(sourcesOf([...others, key.text], linker), name), site))
    const args = inputs?.args ?? []
    const mediator: Mediator = (ctx) => {
      const mc = new MessageAccess(ctx, reading)
      const values = args.map(({ value: literal, expression }) => expression?.evaluate(ctx) ?? literal)
      const result = attempt(() => find(ctx)?.run(mc, values))
      keep(ctx, mc, result, target, variable)
      return result === false && target === undefined ? 'stop' : 'continue'
    }
    return mediator
  },
})

type Find = (ctx: MessageContext) => CompiledScript | undefined

const always =
  (script: CompiledScript | undefined): Find =>
  () =>
    script

/** Compiles while the configuration is read: what is wrong with the script is a mistake of the configuration. */
function compiled(compile: () => CompiledScript, { fail }: Site): CompiledScript | undefined {
  try {
    return compile()
  } catch (thrown) {
    if (thrown instanceof InvalidValue) fail(thrown.code, thrown.message)
    else
      fail('expression-invalid', `the script cannot run: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    return undefined
  }
}

/** Scripts whose keys are known for each message only. */
function byKey(compile: (key: string) => CompiledScript, keyOf: (ctx: MessageContext) => string): Find {
  const find = kept(compile)
  return (ctx) => find(keyOf(ctx))
}

const sourcesOf = (keys: readonly string[], linker: Linker): ScriptSource[] =>
  keys.map((key) => {
    const resource = linker.resource(key)
    if (resource === undefined) throw new InvalidValue(`there is no resource "${key}"`, 'reference-unresolved')
    return { text: resource.bytes.toString('utf8'), file: resource.file, line: 1 }
  })

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    const reason = messageOf(thrown)
    throw new Fault(0, `the script failed: ${reason}`, { cause: thrown instanceof Error ? thrown : new Error(reason) })
  }
}

/** Errors of scripts come from another realm, so that they are no `Error` of this one. */
function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  const { message, stack } = thrown as { message?: unknown; stack?: unknown }
  const place = typeof stack === 'string' ? /([^\s/(]+:\d+)(?::\d+)?\)?$/m.exec(stack)?.[1] : undefined
  return `${String(message)}${place === undefined ? '' : ` (${place})`}`
}

function keep(
  ctx: MessageContext,
  mc: MessageAccess,
  result: unknown,
  target: 'body' | 'variable' | 'none' | undefined,
  variable: string | undefined,
): void {
  if (target === 'variable' && variable !== undefined)
    ctx.variables.set(variable, typeof result === 'object' ? fromScript(result) : result)
  if (target !== 'body') return
  if (result instanceof XmlValue) mc.setPayloadXML(result)
  else mc.setPayloadJSON(result)
}
