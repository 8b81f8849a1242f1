import type { MessageContext } from 'viaduct'
import { type Expressions, locate } from './expressions.ts'
import type { Inline } from './inline.ts'
import {
  jsonBody,
  jsonBodyTarget,
  jsonCustom,
  jsonCustomTarget,
  jsonInline,
  jsonKeyTarget,
  jsonProperty,
  jsonPropertyTarget,
  type JsonSource,
  type JsonTarget,
  removeFromBody,
  removeFromProperty,
} from './json.ts'
import type { SourceConfig, TargetConfig } from './shape.ts'

type Run = (ctx: MessageContext) => void

/** Works on the JSON value of a JSON message; undefined when source or target speak of XML. */
export function compileJsonEngine(
  source: SourceConfig,
  target: TargetConfig,
  expressions: Expressions,
  inline: Inline | undefined,
): Run | undefined {
  if (target.action === 'remove') return compileRemoval(expressions, target)
  const take = compileSource(source, expressions, inline)
  const put = compileTarget(target, expressions)
  if (take === undefined || put === undefined) return undefined
  return (ctx) => {
    const content = take(ctx)
    if (content !== undefined) put(ctx, content)
  }
}

function compileRemoval({ source }: Expressions, { type, property = '' }: TargetConfig): Run | undefined {
  const places = locate(source)
  if (places === undefined) return undefined
  return type === 'property' ? removeFromProperty(property, places) : removeFromBody(places)
}

function compileSource(
  { type, property = '', clone }: SourceConfig,
  { source }: Expressions,
  inline: Inline | undefined,
): JsonSource | undefined {
  switch (type) {
    case 'body':
      return jsonBody
    case 'property':
      return jsonProperty(property)
    case 'inline':
      return inline?.isXml === false ? jsonInline(inline) : undefined
    case 'custom': {
      const [path] = source
      const places = locate(source)
      return path && places && jsonCustom(path, places, clone)
    }
    case 'envelope':
      return undefined
  }
}

function compileTarget({ type, action, property = '' }: TargetConfig, { target }: Expressions): JsonTarget | undefined {
  const change = action === 'child' ? 'child' : 'replace'
  const places = target && locate([target])
  if ((type === 'custom' || type === 'key') && places === undefined) return undefined
  if (action === 'sibling') return ignoreSibling
  switch (type) {
    case 'body':
      return jsonBodyTarget(change)
    case 'property':
      return jsonPropertyTarget(property, change)
    case 'custom':
      return places && jsonCustomTarget(places, change)
    case 'key':
      return places && jsonKeyTarget(places)
    case 'envelope':
      return undefined
  }
}

/** JSON has no siblings; upstream only logs it too (language reference 2.3). */
const ignoreSibling: JsonTarget = (ctx) =>
  ctx.log('ERROR', 'enrich', 'action="sibling" is not possible with JSON; nothing is changed')
