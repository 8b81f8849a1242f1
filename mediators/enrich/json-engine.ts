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
  if (source.some(({ kind }) => kind !== 'json')) return undefined
  return type === 'property' ? removeFromProperty(property, locate(source)) : removeFromBody(locate(source))
}

function compileSource(
  { type, property = '', clone }: SourceConfig,
  { source: [path] }: Expressions,
  inline: Inline | undefined,
): JsonSource | undefined {
  switch (type) {
    case 'body':
      return jsonBody
    case 'property':
      return jsonProperty(property)
    case 'inline':
      return inline?.isXml === false ? jsonInline(inline) : undefined
    case 'custom':
      return path?.kind === 'json' ? jsonCustom(path, locate([path]), clone) : undefined
    case 'envelope':
      return undefined
  }
}

function compileTarget(
  { type, action, property = '' }: TargetConfig,
  { target: path }: Expressions,
): JsonTarget | undefined {
  const change = action === 'child' ? 'child' : 'replace'
  switch (type) {
    case 'body':
      return action === 'sibling' ? ignoreSibling : jsonBodyTarget(change)
    case 'property':
      return action === 'sibling' ? ignoreSibling : jsonPropertyTarget(property, change)
    case 'custom':
      if (path?.kind !== 'json') return undefined
      return action === 'sibling' ? ignoreSibling : jsonCustomTarget(locate([path]), change)
    case 'key':
      return path && jsonKeyTarget(locate([path]))
    case 'envelope':
      return undefined
  }
}

/** JSON has no siblings; upstream only logs it too (language reference 2.3). */
const ignoreSibling: JsonTarget = (ctx) =>
  ctx.log('ERROR', 'enrich', 'action="sibling" is not possible with JSON; nothing is changed')
