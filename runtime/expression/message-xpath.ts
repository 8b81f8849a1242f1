import { createHmac } from 'node:crypto'
import type { MessageContext } from '../context.ts'
import { bodyOf, headerOf } from '../soap/envelope.ts'
import type { Tape, TapeNode } from '../xml/tape.ts'
import { ELEMENT } from '../xml/tree.ts'
import { Evaluation, toString, type XPathHost, type XPathValue } from './xpath/index.ts'
import type { Expression } from './xpath/syntax.ts'
import { readScope, UNKNOWN_SCOPE } from './scope-reader.ts'
import { javaDate } from './java-date.ts'

/** What a variable of each prefix reads (language reference 4.1). */
const VARIABLES: ReadonlyMap<string, (name: string) => (ctx: MessageContext) => unknown> = new Map([
  ['ctx', (name: string) => (ctx: MessageContext) => ctx.properties.get('default', name)],
  ['var', (name: string) => (ctx: MessageContext) => ctx.variables.get(name)],
  ['axis2', (name: string) => (ctx: MessageContext) => ctx.properties.get('axis2', name)],
  ['trp', (name: string) => (ctx: MessageContext) => ctx.properties.get('transport', name)],
  ['operation', (name: string) => (ctx: MessageContext) => ctx.properties.get('operation', name)],
  ['sys', (name: string) => (ctx: MessageContext) => ctx.properties.get('system', name)],
  ['func', (name: string) => (ctx: MessageContext) => readScope(ctx, 'func', name)],
  ['url', (name: string) => (ctx: MessageContext) => queryParameter(ctx.addressing.to ?? '', name)],
])

const NODES: ReadonlyMap<string, (ctx: MessageContext) => unknown> = new Map<string, (ctx: MessageContext) => unknown>([
  ['body', (ctx) => bodyOf(ctx.message.tree)],
  ['header', (ctx) => headerOf(ctx.message.tree)],
  ['env', (ctx) => ctx.message.tree.root],
])

/** The same nodes on the tape of a message. */
const TAPE_NODES: ReadonlyMap<string, (tape: Tape) => TapeNode | undefined> = new Map<
  string,
  (tape: Tape) => TapeNode | undefined
>([
  ['body', (tape) => envelopePart(tape, 'Body')],
  ['header', (tape) => envelopePart(tape, 'Header')],
  ['env', (tape) => tape.root],
])

function envelopePart(tape: Tape, local: string): TapeNode | undefined {
  const { root, names } = tape
  const end = tape.after(root)
  for (let node = tape.firstInside(root); node < end; node = tape.after(node)) {
    const name = tape.name(node)
    const found = tape.kind(node) === ELEMENT && names.local(name) === local
    if (found && names.namespace(name) === names.namespace(tape.name(root))) return node
  }
  return undefined
}

type Call = (args: readonly string[], ctx: MessageContext) => unknown

/** Functions of Synapse's XPath by name, with the least and greatest number of arguments. */
const FUNCTIONS: ReadonlyMap<string, readonly [least: number, most: number, call: Call]> = new Map<
  string,
  readonly [number, number, Call]
>([
  ['get-property', [1, 3, getProperty]],
  ['base64Encode', [1, 2, ([text = '', charset]) => Buffer.from(text, encodingOf(charset)).toString('base64')]],
  ['base64Decode', [1, 2, ([text = '', charset]) => Buffer.from(text, 'base64').toString(encodingOf(charset))]],
  ['url-encode', [1, 2, ([text = '']) => encodePathAndQuery(text)]],
  ['hmac-generate', [2, 3, ([payload = '', secret = '', algorithm = 'HmacSHA1']) => hmac(payload, secret, algorithm)]],
])

/** The variables and functions of Synapse, over a message (Jaxen's context is the SOAP envelope). */
export function messageHost(namespaces: (prefix: string) => string | undefined): XPathHost<MessageContext> {
  return {
    namespaces,
    variable: ({ prefix, local }) => {
      if (prefix === '') return NODES.get(local)
      return readVariable(prefix, local)
    },
    tapeNode: ({ prefix, local }) => (prefix === '' ? TAPE_NODES.get(local) : undefined),
    function: ({ prefix, local }, count) => {
      const [least, most, call] = (prefix === '' || prefix === 'syn' ? FUNCTIONS.get(local) : undefined) ?? [0, -1]
      if (call === undefined || count < least || count > most) return undefined
      return (args, ctx) => call(args.map(textOfArgument), ctx)
    },
  }
}

/** Reads the object behind an expression that is only a variable or a `get-property` of literals; undefined for any other. */
export function objectReader(expression: Expression): ((ctx: MessageContext) => unknown) | undefined {
  if (expression.kind === 'variable') {
    const { prefix, local } = expression.name
    return prefix === '' ? undefined : readVariable(prefix, local)
  }
  if (expression.kind !== 'call' || expression.name.local !== 'get-property') return undefined
  const args = expression.args.flatMap((arg) => (arg.kind === 'literal' ? arg.value : []))
  return args.length === expression.args.length && args.length > 0 ? (ctx) => getProperty(args, ctx) : undefined
}

const readVariable = (prefix: string, local: string): ((ctx: MessageContext) => unknown) =>
  VARIABLES.get(prefix)?.(local) ?? ((ctx) => mapEntry(ctx.properties.get('default', prefix), local))

/** Names of variables that read the body. */
export const readsBody = (variable: string): boolean => NODES.has(variable)

const textOfArgument = (value: XPathValue): string => toString(value, new Evaluation(undefined))

/** `get-property('name')`, `('scope', 'name')`, `('SYSTEM_DATE', 'pattern')`. */
function getProperty([first = '', second, third]: readonly string[], ctx: MessageContext): unknown {
  if (second === undefined)
    return first === 'SYSTEM_DATE' ? javaDate(ctx.services.platform.now(), undefined) : readScope(ctx, 'default', first)
  const scoped = readScope(ctx, first, second)
  if (scoped !== UNKNOWN_SCOPE)
    return scoped === undefined && second === 'SYSTEM_DATE' ? javaDate(ctx.services.platform.now(), third) : scoped
  return first === 'SYSTEM_DATE' ? javaDate(ctx.services.platform.now(), second) : readScope(ctx, 'default', first)
}

function mapEntry(map: unknown, key: string): unknown {
  if (map instanceof Map) return map.get(key)
  return typeof map === 'object' && map !== null && Object.hasOwn(map, key) ? Reflect.get(map, key) : undefined
}

function queryParameter(address: string, name: string): string {
  const query = address.slice(address.indexOf('?') + 1)
  if (query === address) return ''
  for (const [key, value] of new URLSearchParams(query)) if (key.toLowerCase() === name.toLowerCase()) return value
  return ''
}

const encodingOf = (charset: string | undefined): BufferEncoding => {
  const name = charset?.toLowerCase().replaceAll(/[-_]/g, '')
  if (name === 'iso88591' || name === 'latin1') return 'latin1'
  if (name === 'utf16' || name === 'utf16le') return 'utf16le'
  return name === 'usascii' || name === 'ascii' ? 'ascii' : 'utf8'
}

/** COMPAT url-encode-path: encodes what cannot stand in path and query, but leaves `&`, `=`, `/` … alone. */
const encodePathAndQuery = (text: string): string => encodeURI(text)

function hmac(payload: string, secret: string, algorithm: string): string {
  const digest = algorithm.replace(/^hmac/i, '').toLowerCase()
  return createHmac(digest, secret).update(payload).digest('hex')
}
