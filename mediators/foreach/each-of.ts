import {
  append,
  bodyChild,
  cloneNode,
  createEnvelope,
  Fault,
  type Flow,
  isJsonArray,
  type JsonValue,
  type Mediator,
  type MessageContext,
  type Path,
  type Reading,
  settled,
  soapVersion,
  XmlElement,
} from 'viaduct'
import { compileOriginal } from './original.ts'

export interface EachOptions {
  readonly collection: Path
  readonly each: Mediator
  readonly parallel: boolean
  /** The flow does not wait for the results. */
  readonly detached: boolean
  readonly counter: string | undefined
  /** Variable for the results; without one they take the place of the parts. */
  readonly target: string | undefined
  readonly type: 'JSON' | 'XML'
  readonly enclosing: string | undefined
  readonly updateOriginal: boolean
}

/** What a part was and what has become of it: JSON, or an element. */
export type Item = JsonValue | XmlElement

/** How many parts are worked on at the same time. */
const MOST_AT_ONCE = 64

/** The loop of the second generation: each part is the payload of a copy of the message. */
export function eachOf(options: EachOptions, reading: Reading): Mediator {
  const { collection, each, parallel, detached, counter } = options
  const keep = compileKeep(options, reading)
  return (ctx) => {
    const items = itemsOf(collection, ctx)
    const work = runAll(items, parallel ? MOST_AT_ONCE : 1, async (item, index) => {
      const copy = ctx.fork()
      fill(copy, item)
      if (counter !== undefined) copy.variables.set(counter, index)
      const type = options.target === undefined ? (item instanceof XmlElement ? 'XML' : 'JSON') : options.type
      return (await runOne(each, copy)) === 'stop' ? item : resultOf(copy, type)
    })
    if (detached) {
      ctx.exchange.own(work)
      return 'continue'
    }
    return work.then((results) => {
      keep(ctx, results)
      return 'continue'
    })
  }
}

type Keep = (ctx: MessageContext, results: readonly Item[]) => void

function compileKeep({ collection, target, enclosing, updateOriginal }: EachOptions, reading: Reading): Keep {
  if (target === undefined) return updateOriginal ? compileOriginal(collection, reading) : () => {}
  return ({ variables }, results) => {
    const elements = results.filter((each) => each instanceof XmlElement)
    if (enclosing === undefined || elements.length < results.length) variables.set(target, results)
    else {
      const root = new XmlElement(enclosing)
      for (const element of elements) append(root, element)
      variables.set(target, root)
    }
  }
}

function itemsOf(collection: Path, ctx: MessageContext): readonly Item[] {
  const nodes = collection.nodes(ctx).filter((node) => node instanceof XmlElement)
  if (nodes.length > 0) return nodes
  const value = collection.evaluate(ctx)
  if (isJsonArray(value)) return value
  throw new Fault(0, `foreach: ${collection.text} is no collection`)
}

function fill({ message }: MessageContext, item: Item): void {
  if (!(item instanceof XmlElement)) {
    message.setJson(item)
    return
  }
  message.setTree(createEnvelope(soapVersion(message.tree), [cloneNode(item)]))
  if (message.mediaType === 'application/json') message.contentType = 'application/xml'
}

async function runOne(each: Mediator, copy: MessageContext): Promise<Flow> {
  const flow = await each(copy)
  await settled(copy)
  await copy.build()
  return flow
}

/** What the mediators have made of a part, which they may have answered by an empty message. */
function resultOf({ message }: MessageContext, type: 'JSON' | 'XML'): Item {
  if (type === 'JSON') return message.json
  const payload = bodyChild(message.tree)
  if (payload === undefined) throw new Fault(0, 'foreach: a part has become empty')
  return cloneNode(payload)
}

/** Results in the order of the items; the first failure is that of the whole. */
async function runAll<T, R>(
  items: readonly T[],
  window: number,
  run: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length })
  const indices = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of indices) results[index] = await run(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(window, items.length) }, worker))
  return results
}
