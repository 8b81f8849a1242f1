import {
  bodyChild,
  changedAt,
  cloneDocument,
  cloneNode,
  createEnvelope,
  Fault,
  type Flow,
  JsonPathPath,
  type JsonValue,
  type Mediator,
  type MessageContext,
  type Path,
  replace,
  soapVersion,
  XmlElement,
} from 'viaduct'

export interface LoopOptions {
  readonly expression: Path
  readonly each: Mediator
  /** The other parts are worked on when one fails. */
  readonly goesOn: boolean
  /** Of the names of the properties. */
  readonly prefix: string
}

/** One part: its payload goes into the message, and what the message then holds comes back in its place. */
interface Part {
  enter(ctx: MessageContext): void
  leave(ctx: MessageContext): void
}

/** The parts of the message, and how the whole is put back at the end. */
interface Parts {
  readonly parts: readonly Part[]
  readonly restore: (ctx: MessageContext) => void
}

/** The loop of the first generation: each part in turn is the payload of the message itself. */
export function loop({ expression, each, goesOn, prefix }: LoopOptions): Mediator {
  return async (ctx): Promise<Flow> => {
    const { properties, message } = ctx
    properties.set('default', `${prefix}FOREACH_ORIGINAL_MESSAGE`, message.tree.root)
    const { parts, restore } =
      expression instanceof JsonPathPath && message.isJson ? jsonParts(expression, ctx) : xmlParts(expression, ctx)
    try {
      for (const [index, part] of parts.entries()) {
        properties.set('default', `${prefix}FOREACH_COUNTER`, index)
        part.enter(ctx)
        if ((await runOne(each, ctx, goesOn)) === 'stop') break
        part.leave(ctx)
      }
    } finally {
      restore(ctx)
    }
    properties.set('default', `${prefix}FOREACH_COUNTER`, parts.length)
    return 'continue'
  }
}

async function runOne(each: Mediator, ctx: MessageContext, goesOn: boolean): Promise<Flow> {
  try {
    return await each(ctx)
  } catch (thrown) {
    if (!goesOn) throw thrown
    ctx.log('WARN', 'foreach', `a part failed and is left as it is: ${Fault.from(thrown).message}`)
    return 'continue'
  }
}

function xmlParts(expression: Path, ctx: MessageContext): Parts {
  const whole = cloneDocument(ctx.message.tree)
  ctx.message.setTree(whole)
  const parts = expression.nodes(ctx).filter((node) => node instanceof XmlElement)
  return {
    parts: parts.map((element) => ({
      enter: ({ message }) => message.setTree(createEnvelope(soapVersion(whole), [cloneNode(element)])),
      leave({ message }) {
        const result = bodyChild(message.tree)
        replace(element, ...(result === undefined ? [] : [cloneNode(result)]))
      },
    })),
    restore: ({ message }) => message.setTree(whole),
  }
}

function jsonParts(expression: JsonPathPath, ctx: MessageContext): Parts {
  let whole: JsonValue = ctx.message.json
  const places = expression.locations(ctx, whole).flatMap((place) => itemsAt(whole, place))
  return {
    parts: places.map(({ place, item }) => ({
      enter: ({ message }) => message.setJson(item),
      leave({ message }) {
        const result = message.json
        whole = changedAt(whole, place, () => result) ?? whole
      },
    })),
    restore: ({ message }) => message.setJson(whole),
  }
}

type Place = readonly (string | number)[]

function itemsAt(root: JsonValue, place: Place): { place: Place; item: JsonValue }[] {
  let value: JsonValue | undefined = root
  for (const step of place) {
    if (value instanceof Map) value = value.get(String(step))
    else value = Array.isArray(value) ? value[Number(step)] : undefined
  }
  if (!Array.isArray(value)) throw new Fault(0, 'foreach: the expression does not lead to a JSON array')
  return value.map((item, index) => ({ place: [...place, index], item }))
}
