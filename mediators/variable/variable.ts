import {
  cloneNode,
  cloneJson,
  convertText,
  type DataType,
  defineMediator,
  ELEMENT,
  Fault,
  type JsonValue,
  JsonNumber,
  type MessageContext,
  oneOf,
  type Path,
  path,
  required,
  string,
  withDefault,
  XmlAttribute,
  XmlElement,
} from 'viaduct'

type Source = (ctx: MessageContext) => unknown

/** Sets or removes a variable of the message; unlike a property it has one scope and keeps objects. */
export const variable = defineMediator({
  name: 'variable',
  summary: 'Sets or removes a variable, read as ${vars.name}.',
  attributes: {
    name: required(string('Name.')),
    value: string('A literal.'),
    expression: path('Evaluated for every message; objects, arrays and elements are kept as they are.'),
    type: oneOf(
      ['STRING', 'BOOLEAN', 'INTEGER', 'LONG', 'DOUBLE', 'XML', 'OM', 'JSON'],
      'What a literal is converted to, and what the result of an expression must be.',
    ),
    action: withDefault('set', oneOf(['set', 'remove'], 'Whether to set or to remove it.')),
  },
  check({ name, value, expression, action, type }, { fail }) {
    if (name === '') fail('attribute-invalid', 'name="": a variable needs a name')
    if (action === 'remove') return
    if ((value === undefined) === (expression === undefined)) {
      fail('constraint-violated', 'a variable that is set needs either a value or an expression')
    }
    if (value === undefined || type === undefined) return
    try {
      convertText(value, type)
    } catch (error) {
      fail('attribute-invalid', `value="${value}": ${error instanceof Error ? error.message : ''}`)
    }
  },
  compile({ name, value, expression, type, action }) {
    if (action === 'remove') {
      return (ctx) => {
        ctx.variables.delete(name)
        return 'continue'
      }
    }
    const source =
      value === undefined && expression !== undefined ? computed(expression, type) : literal(value ?? '', type)
    return (ctx) => {
      const result = source(ctx)
      // COMPAT variable-null-keeps: null leaves the old value (language reference 1.1).
      if (result !== undefined && result !== null) ctx.variables.set(name, result)
      return 'continue'
    }
  },
})

function literal(text: string, type: DataType = 'STRING'): Source {
  const value = convertText(text, type)
  if (value instanceof XmlElement) return () => cloneNode(value)
  return typeof value === 'object' && value !== null ? () => cloneJson(value) : () => value
}

function computed(expression: Path, type: DataType | undefined): Source {
  if (type === undefined) return (ctx) => kept(expression.evaluate(ctx), expression, ctx)
  return (ctx) => typed(kept(expression.evaluate(ctx), expression, ctx), type, expression)
}

/** A result that does not change when the message does. */
function kept(result: unknown, expression: Path, ctx: MessageContext): unknown {
  if (!Array.isArray(result) || !result.some(isNode)) return isJson(result) ? cloneJson(result) : result
  if (!result.every((node) => node instanceof XmlElement)) return expression.string(ctx)
  const elements = result.map((element) => cloneNode(element))
  return elements.length === 1 ? elements[0] : elements
}

const isNode = (value: unknown): boolean =>
  value instanceof XmlElement ||
  value instanceof XmlAttribute ||
  (typeof value === 'object' && value !== null && 'parent' in value)

const isJson = (value: unknown): value is JsonValue => value instanceof Map || Array.isArray(value)

/** The result as the type that was asked for; a fault when it is something else. */
function typed(result: unknown, type: DataType, expression: Path): unknown {
  if (result === undefined || result === null) return undefined
  const fits = conform(result, type)
  if (fits === undefined) {
    throw new Fault(0, `Expression '${expression.text}' result does not match the expected data type '${type}'`)
  }
  return fits
}

function conform(result: unknown, type: DataType): unknown {
  const isElements = result instanceof XmlElement || (Array.isArray(result) && result[0]?.type === ELEMENT)
  if (type === 'XML' || type === 'OM') return isElements ? result : text(result, type)
  if (type === 'JSON') return isJson(result) ? result : text(result, type)
  if (isElements || isJson(result)) return undefined
  return text(result, type)
}

function text(result: unknown, type: DataType): unknown {
  if (
    typeof result !== 'string' &&
    typeof result !== 'number' &&
    typeof result !== 'boolean' &&
    !(result instanceof JsonNumber)
  )
    return undefined
  if (type === 'BOOLEAN' && !/^(?:true|false)$/i.test(String(result))) return undefined
  try {
    return convertText(String(result), type)
  } catch {
    return undefined
  }
}
