import {
  append,
  bodyOf,
  cloneNode,
  Fault,
  isJsonArray,
  isJsonObject,
  JsonPathPath,
  type JsonValue,
  type MessageContext,
  type Path,
  XmlAttribute,
  XmlElement,
  type XmlNode,
} from 'viaduct'

export interface MergeOptions {
  /** What is taken of each message. */
  readonly expression: Path
  /** JSON: an array of all; else their members in one. */
  readonly whole: boolean
  /** Property with the element that is put around them. */
  readonly enclosing: string | undefined
}

/** Makes one message of several: the first one, with what the expression selects in all (language reference 2.5). */
export type Merge = (messages: readonly MessageContext[]) => MessageContext

export function compileMerge({ expression, whole, enclosing }: MergeOptions): Merge {
  const fill = expression instanceof JsonPathPath ? fillJson(expression, whole) : fillXml(expression)
  return (messages) => {
    const [first] = messages
    if (first === undefined) throw new Fault(0, 'aggregate: there is no message')
    const all = first.fork()
    fill(all, messages, enclosing === undefined ? undefined : enclosingElement(all, enclosing))
    return all
  }
}

type Fill = (all: MessageContext, messages: readonly MessageContext[], enclosing: XmlElement | undefined) => void

const fillXml =
  (expression: Path): Fill =>
  (all, messages, enclosing) => {
    const tree = all.message.editTree()
    const body = bodyOf(tree)
    if (enclosing !== undefined) {
      const selected = messages.flatMap((each) => copies(expression, each))
      body.children = []
      append(body, enclosing)
      for (const node of selected) append(enclosing, node)
      return
    }
    const [, ...others] = messages
    const place = expression.nodes(all)[0]?.parent
    const into = place instanceof XmlElement ? place : body
    for (const other of others) for (const node of copies(expression, other)) append(into, node)
  }

const copies = (expression: Path, ctx: MessageContext): XmlNode[] =>
  expression.nodes(ctx).flatMap((node) => (node instanceof XmlAttribute ? [] : [cloneNode(node)]))

const fillJson =
  (expression: JsonPathPath, whole: boolean): Fill =>
  (all, messages, enclosing) => {
    const values = messages.map((each) => expression.evaluate(each) ?? null)
    const merged = whole ? values : membersOf(values)
    all.message.setJson(enclosing === undefined ? merged : new Map([[enclosing.name, merged]]))
  }

/** The members of all in one object, or the items in one array. A member that several have becomes an array. */
function membersOf(values: readonly JsonValue[]): JsonValue {
  if (!values.every(isJsonObject)) return values.flatMap((value) => (isJsonArray(value) ? value : [value]))
  const gathered = new Map<string, JsonValue[]>()
  for (const object of values) {
    for (const [name, value] of object) {
      const before = gathered.get(name)
      if (before === undefined) gathered.set(name, [value])
      else before.push(value)
    }
  }
  return new Map([...gathered].map(([name, each]) => [name, each.length === 1 ? (each[0] ?? null) : each] as const))
}

function enclosingElement(all: MessageContext, property: string): XmlElement {
  const value = all.properties.get('default', property)
  const element: unknown = Array.isArray(value) ? value[0] : value
  if (!(element instanceof XmlElement)) throw new Fault(0, `aggregate: the property ${property} holds no element`)
  return cloneNode(element)
}
