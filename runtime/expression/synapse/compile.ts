import type { MessageContext } from '../../context.ts'
import { isJsonNumber, type JsonValue } from '../../json/value.ts'
import { compileJsonPath, type JsonPath, JsonPathError } from '../jsonpath/index.ts'
import { kept } from '../kept.ts'
import type { XPathPath } from '../xpath-path.ts'
import { EvaluationError, SynapseSyntaxError } from './error.ts'
import { compileCall, type Evaluate } from './functions.ts'
import { LOOKED_UP, lookup } from './lookup.ts'
import { kindOf, negate } from './number.ts'
import { operation } from './operation.ts'
import { quotedForPath } from './suffix.ts'
import type { Binary, Call, Hole, Node, Suffix } from './syntax.ts'
import { asJson, asText, mismatch, nameOf, textOf, type Value, valueOf } from './value.ts'
import { FUNCTION_ARGUMENTS } from './vocabulary.ts'

/** A compiled expression and what it needs. */
export interface Compiled {
  readonly evaluate: Evaluate
  /** It looks into the body. */
  readonly contentAware: boolean
}

/** Compiles an expression to functions. Throws {@link SynapseSyntaxError}. */
export function compileSynapseExpression(node: Node, xpath: (text: string, at: number) => XPathPath): Compiled {
  const compiler = new Compiler(xpath)
  const evaluate = compiler.compile(node)
  return { evaluate, contentAware: compiler.contentAware }
}

class Compiler {
  contentAware = false
  readonly #xpath: (text: string, at: number) => XPathPath

  constructor(xpath: (text: string, at: number) => XPathPath) {
    this.#xpath = xpath
  }

  compile(node: Node): Evaluate {
    switch (node.kind) {
      case 'literal': {
        const { value } = node
        return () => value
      }
      case 'array':
        return this.#array(node.items)
      case 'payload':
        this.contentAware = true
        return this.#inside(payloadOf, node.path)
      case 'variable':
        return this.#inside(variableOf(node.name), node.path)
      case 'lookup': {
        const read = lookup(node.root, node.name)
        const missing = `there is no ${LOOKED_UP[node.root]} "${node.name}"`
        return (ctx) => read(ctx) ?? fail(missing)
      }
      case 'call':
        return this.#call(node)
      case 'negate': {
        const operand = this.compile(node.operand)
        return (ctx) => {
          const value = operand(ctx)
          return isJsonNumber(value) ? negate(value) : mismatch('-', 'a number', value)
        }
      }
      case 'binary':
        return this.#binary(node)
      case 'conditional':
        return this.#conditional(node.condition, node.yes, node.no)
    }
  }

  #binary({ operator, left, right }: Binary): Evaluate {
    const [a, b, compute] = [this.compile(left), this.compile(right), operation(operator)]
    return (ctx) => compute(a(ctx), b(ctx))
  }

  #conditional(test: Node, yesNode: Node, noNode: Node): Evaluate {
    const [condition, yes, no] = [this.compile(test), this.compile(yesNode), this.compile(noNode)]
    return (ctx) => {
      const value = condition(ctx)
      return (typeof value === 'boolean' ? value : mismatch('the condition before ?', 'a boolean', value))
        ? yes(ctx)
        : no(ctx)
    }
  }

  #array(nodes: readonly Node[]): Evaluate {
    const items = nodes.map((node) => this.compile(node))
    return (ctx) =>
      items.map((item) => {
        const value = item(ctx)
        return asText(value) ?? (value as JsonValue)
      })
  }

  #call({ name, args: nodes, path, at }: Call): Evaluate {
    const [least, most] = FUNCTION_ARGUMENTS.get(name) ?? [0, -1]
    if (nodes.length < least || nodes.length > most) {
      const range = least === most ? String(least) : `${least} to ${most}`
      throw new SynapseSyntaxError(`${name}() takes ${range} argument${most === 1 ? '' : 's'}, not ${nodes.length}`, at)
    }
    const args = nodes.map((node) => this.compile(node))
    const readsBody = (): void => {
      this.contentAware = true
    }
    return this.#inside(compileCall({ name, at, args, nodes, xpath: this.#xpath, readsBody }), path)
  }

  /** What a JSONPath leads to in the value of a root. */
  #inside(root: Evaluate, suffix: Suffix | undefined): Evaluate {
    if (suffix === undefined) return root
    const path = this.#path(suffix)
    const [text] = suffix.pieces
    // What a message puts into a path is not for the log.
    const nowhere = `the path ${suffix.pieces.length === 1 && typeof text === 'string' ? `${text} ` : ''}leads nowhere`
    return (ctx) => {
      const value = root(ctx)
      const json = asJson(value)
      if (json === undefined) return fail(`a path needs JSON, not ${nameOf(value)}`)
      const found = path(ctx).read(json)
      return found === undefined ? fail(nowhere) : found
    }
  }

  #path({ pieces, at }: Suffix): (ctx: MessageContext) => JsonPath {
    const [only] = pieces
    if (pieces.length === 1 && typeof only === 'string') {
      const path = pathOf(only, (reason) => new SynapseSyntaxError(reason, at))
      return () => path
    }
    const parts = pieces.map((piece) => (typeof piece === 'string' ? piece : this.#hole(piece)))
    const compile = kept((text) => pathOf(text, (reason) => new EvaluationError(reason)))
    return (ctx) => {
      let text = ''
      for (const part of parts) text += typeof part === 'string' ? part : part(ctx)
      return compile(text)
    }
  }

  #hole({ use, node }: Hole): (ctx: MessageContext) => string {
    const value = this.compile(node)
    return (ctx) => insertion(value(ctx), use)
  }
}

function fail(reason: string): never {
  throw new EvaluationError(reason)
}

function pathOf(text: string, failure: (reason: string) => Error): JsonPath {
  try {
    return compileJsonPath(text)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw failure(`${error.message} (in a JSONPath)`)
  }
}

/** A value as it stands in a JSONPath. Texts are quoted, so that they stay texts whatever is in them. */
function insertion(value: Value, use: Hole['use']): string {
  const text = asText(value)
  if (use === 'filter') return text === undefined ? textOf(value) : quotedForPath(text)
  if (text !== undefined && use === 'index') return quotedForPath(text)
  if (!isJsonNumber(value) || kindOf(value) === 'double') return mismatch('an index', 'a whole number', value)
  return String(value)
}

const payloadOf: Evaluate = ({ message }) => (message.empty ? fail('there is no payload') : message.json)

function variableOf(name: string): Evaluate {
  const undefinedVariable = `the variable "${name}" is not set`
  return (ctx) => valueOf(ctx.variables.get(name)) ?? fail(undefinedVariable)
}
