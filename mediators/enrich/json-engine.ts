import type { MessageContext, Site } from 'viaduct'
import { compileExpression, compileLocations, isJsonPath, type Locate } from './expressions.ts'
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
  inline: Inline | undefined,
  site: Site,
): Run | undefined {
  if (source.type === 'custom' && !isJsonPath(source.xpath)) return undefined
  if ((target.type === 'custom' || target.type === 'key') && !isJsonPath(target.xpath)) return undefined
  if (source.type === 'envelope' || target.type === 'envelope') return undefined
  if (target.action === 'remove') return compileRemoval(source, target, site)
  const take = compileSource(source, inline, site)
  const put = compileTarget(target, site)
  if (take === undefined || put === undefined) return () => {}
  return (ctx) => {
    const content = take(ctx)
    if (content !== undefined) put(ctx, content)
  }
}

function compileRemoval(source: SourceConfig, { type, property = '' }: TargetConfig, site: Site): Run {
  const locate = compileLocations(source, site)
  if (locate === undefined) return () => {}
  return type === 'property' ? removeFromProperty(property, locate) : removeFromBody(locate)
}

function compileSource(source: SourceConfig, inline: Inline | undefined, site: Site): JsonSource | undefined {
  switch (source.type) {
    case 'body':
      return jsonBody
    case 'property':
      return jsonProperty(source.property ?? '')
    case 'inline':
      return inline && jsonInline(inline)
    case 'custom': {
      const path = compileExpression(source, site)
      const locate = compileLocations(source, site)
      return path && locate && jsonCustom(path, locate, source.clone)
    }
    case 'envelope':
      return undefined
  }
}

function compileTarget(target: TargetConfig, site: Site): JsonTarget | undefined {
  const { type, action, property = '' } = target
  if (action === 'sibling') return ignoreSibling
  const change = action === 'child' ? 'child' : 'replace'
  switch (type) {
    case 'body':
      return jsonBodyTarget(change)
    case 'property':
      return jsonPropertyTarget(property, change)
    case 'custom':
    case 'key': {
      const locate: Locate | undefined = compileLocations(target, site)
      if (locate === undefined) return undefined
      return type === 'key' ? jsonKeyTarget(locate) : jsonCustomTarget(locate, change)
    }
    case 'envelope':
      return undefined
  }
}

/** JSON has no siblings; upstream only logs it too (language reference 2.3). */
const ignoreSibling: JsonTarget = (ctx) =>
  ctx.log('ERROR', 'enrich', 'action="sibling" is not possible with JSON; nothing is changed')
