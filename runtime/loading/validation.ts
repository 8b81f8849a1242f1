import { formatOf } from '../formats/media-type.ts'
import type { Flow, Mediator } from '../mediator.ts'
import type { Message } from '../message.ts'
import type { Settings } from '../settings.ts'

/**
 * Reads every XML or JSON request to its end before its flow begins, when the properties `force.xml.message.validation` and
 * `force.json.message.validation` ask for it: one that is malformed is fault 601000, although nobody would have looked at it.
 * Undefined when they do not.
 */
export function validation({ properties }: Settings): Mediator | undefined {
  const xml = properties['force.xml.message.validation']?.toLowerCase() === 'true'
  const json = properties['force.json.message.validation']?.toLowerCase() === 'true'
  if (!xml && !json) return undefined
  return (ctx) => {
    const format = formatOf(ctx.message.contentType)
    const wanted = format === 'json' ? json : (format === 'xml' || format === 'soap11' || format === 'soap12') && xml
    if (!wanted || ctx.message.empty) return 'continue'
    const building = ctx.build()
    return building === undefined ? read(ctx.message) : building.then(() => read(ctx.message))
  }
}

/** A tape refuses what a tree refuses, for a third of its price; where there is none, the tree says why. */
function read(message: Message): Flow {
  if (message.isJson) void message.json
  else if (message.tape === undefined) void message.tree
  return 'continue'
}
