import type { MessageContext } from '../../context.ts'
import { isJsonNumber } from '../../json/value.ts'
import { JavaTimeFormat, type LocalTime, localTime } from '../java-time.ts'
import { kept } from '../kept.ts'
import type { XPathPath } from '../xpath-path.ts'
import { EvaluationError, isFailure, SynapseSyntaxError } from './error.ts'
import { numericText } from './number.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import type { Node } from './syntax.ts'
import { keptPatterns, split, TEXT_FUNCTIONS, textFor } from './text-functions.ts'
import { mismatch, SelectedXml, textOf, type Value, valueOf } from './value.ts'

/** Evaluates a part of an expression. Throws {@link EvaluationError} when it has no value for this message. */
export type Evaluate = (ctx: MessageContext) => Value

/** A call that is being compiled; the number of arguments has been checked. */
export interface CallSite {
  readonly name: string
  readonly at: number
  readonly args: readonly Evaluate[]
  readonly nodes: readonly Node[]
  /** Compiles an XPath with the prefixes in force; throws {@link SynapseSyntaxError}. */
  readonly xpath: (text: string, at: number) => XPathPath
  /** Told when the call looks into the body. */
  readonly readsBody: () => void
}

export function compileCall(site: CallSite): Evaluate {
  const plain = TEXT_FUNCTIONS.get(site.name) ?? NUMBER_FUNCTIONS.get(site.name)
  if (plain === undefined) return SPECIAL.get(site.name)?.(site) ?? unknown(site)
  const { name } = site
  const [a = NOTHING, b, c] = site.args
  if (b === undefined) return (ctx) => plain(given(name, a(ctx)), undefined, undefined)
  if (c === undefined) return (ctx) => plain(given(name, a(ctx)), given(name, b(ctx)), undefined)
  return (ctx) => plain(given(name, a(ctx)), given(name, b(ctx)), given(name, c(ctx)))
}

const NOTHING: Evaluate = () => null

const unknown = ({ name, at }: CallSite): never => {
  throw new SynapseSyntaxError(`there is no function "${name}"`, at)
}

const given = (name: string, value: Value): Value => (value === null ? mismatch(`${name}()`, 'a value', value) : value)

/** Functions that look at more than the values of their arguments. */
const SPECIAL: ReadonlyMap<string, (site: CallSite) => Evaluate> = new Map<string, (site: CallSite) => Evaluate>([
  ['now', () => (ctx) => ctx.services.platform.now()],
  ['exists', compileExists],
  ['split', compileSplit],
  ['formatDateTime', compileFormatDateTime],
  ['xpath', compileXPathCall],
  ['registry', compileRegistry],
])

/** Whether the argument has a value that is not null; the only function that takes an error for an answer. */
function compileExists({ args: [argument = NOTHING] }: CallSite): Evaluate {
  return (ctx) => {
    try {
      return argument(ctx) !== null
    } catch (error) {
      if (isFailure(error)) return false
      throw error
    }
  }
}

/** What is made from an argument: at once when it is a literal, so that a mistake in it is found at load. */
function prepared<T>(site: CallSite, index: number, make: (text: string) => T): (ctx: MessageContext) => T {
  const { name, args } = site
  const node = site.nodes[index]
  const argument = args[index] ?? NOTHING
  if (node?.kind === 'literal' && typeof node.value === 'string') {
    const made = attempt(
      () => make(node.value as string),
      (reason) => new SynapseSyntaxError(reason, node.at),
    )
    return () => made
  }
  const makeOnce = kept(make)
  return (ctx) => {
    const text = textFor(name, given(name, argument(ctx)))
    return attempt(
      () => makeOnce(text),
      (reason) => new EvaluationError(`${name}(): ${reason}`),
    )
  }
}

function attempt<T>(make: () => T, failure: (reason: string) => Error): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof EvaluationError) throw error
    throw failure(error instanceof Error ? error.message : 'it is wrong')
  }
}

function compileSplit(site: CallSite): Evaluate {
  const { name, args } = site
  const [text = NOTHING] = args
  const pattern = prepared(site, 1, keptPatterns())
  return (ctx) => split(textFor(name, given(name, text(ctx))), pattern(ctx))
}

function compileFormatDateTime(site: CallSite): Evaluate {
  const { name, args } = site
  const [time = NOTHING] = args
  const format = prepared(site, args.length - 1, (pattern) => new JavaTimeFormat(pattern))
  const print = (to: JavaTimeFormat, moment: () => LocalTime): string =>
    attempt(
      () => to.print(moment()),
      (reason) => new EvaluationError(`${name}(): ${reason}`),
    )
  if (args.length === 2) {
    return (ctx) => {
      const milliseconds = time(ctx)
      if (!isJsonNumber(milliseconds)) return mismatch(`${name}()`, 'a number of milliseconds', milliseconds)
      return print(format(ctx), () => localTime(Number(milliseconds)))
    }
  }
  const from = prepared(site, 1, (pattern) => new JavaTimeFormat(pattern))
  return (ctx) => {
    const text = textFor(name, given(name, time(ctx)))
    const source = from(ctx)
    return print(format(ctx), () => source.parse(text))
  }
}

/** `xpath('expression')` over the envelope, `xpath('expression', 'name')` over the XML of a variable. */
function compileXPathCall(site: CallSite): Evaluate {
  const { name, args, nodes } = site
  const [expression = NOTHING, variable] = args
  if (nodes.every((node) => node.kind === 'literal')) {
    const [text, holder] = nodes.map(({ value }) => textOf(value))
    const path = site.xpath(xpathText(text ?? '', holder), site.at)
    if (path.contentAware) site.readsBody()
    return (ctx) => selected(path, ctx)
  }
  site.readsBody()
  const compile = kept((text) => site.xpath(text, site.at))
  return (ctx) => {
    const text = textFor(name, given(name, expression(ctx)))
    const holder = variable && textFor(name, given(name, variable(ctx)))
    const path = attempt(
      () => compile(xpathText(text, holder)),
      () => new EvaluationError('xpath(): the expression is no XPath'),
    )
    return selected(path, ctx)
  }
}

/** The path goes on from the element that the variable holds. */
const xpathText = (text: string, variable: string | undefined): string =>
  variable === undefined ? text : `$var:${variable}${text}`

/** Nodes, or a value; a number that XPath computes is a double, and nothing is an empty text. */
function selected(path: XPathPath, ctx: MessageContext): Value {
  if (path.selectsNodes) return new SelectedXml(path, ctx)
  const value = path.evaluate(ctx)
  if (Array.isArray(value)) return new SelectedXml(path, ctx)
  if (typeof value !== 'number') return valueOf(value) ?? ''
  const text = path.string(ctx)
  return numericText(text) ?? text
}

/** The text of a resource, or one of its properties. */
function compileRegistry({ name, args: [key = NOTHING, property] }: CallSite): Evaluate {
  return (ctx) => {
    const path = textFor(name, given(name, key(ctx)))
    const resource = ctx.deployment.resource(path)
    if (resource === undefined) throw new EvaluationError(`registry(): there is no resource "${path}"`)
    if (property === undefined) return resource.bytes.toString('utf8')
    const wanted = textFor(name, given(name, property(ctx)))
    const value = resource.properties.get(wanted)
    if (value === undefined) throw new EvaluationError(`registry(): "${path}" has no property "${wanted}"`)
    return value
  }
}
