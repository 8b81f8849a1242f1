import { defineMediator, type Mediator, type MessageContext, requiredChild } from 'viaduct'
import { compileExpressions } from './expressions.ts'
import { compileInline } from './inline.ts'
import { isXmlValue } from './json.ts'
import { compileJsonEngine } from './json-engine.ts'
import { compileXmlEngine } from './xml-engine.ts'
import { mismatch, sourceShape, targetShape } from './shape.ts'

/** Changes a part of the message, or keeps a part of it in a property. */
export const enrich = defineMediator({
  name: 'enrich',
  summary:
    'Takes content from the message, a property or the configuration, and puts it into the message or a property.',
  children: {
    source: requiredChild('source', 'Where the content comes from.', sourceShape),
    target: requiredChild('target', 'Where it goes.', targetShape),
  },
  builds: true,
  check({ source, target }, { fail }) {
    const reason = mismatch(source, target)
    if (reason !== undefined) fail('constraint-violated', reason)
  },
  compile({ source, target }, site) {
    const inline = source.type === 'inline' ? compileInline(source, site) : undefined
    const expressions = compileExpressions(source, target, site)
    const json = compileJsonEngine(source, target, expressions, inline)
    const xml = compileXmlEngine(source, target, expressions, inline)
    const touchesBody = target.type !== 'property'
    const run = (ctx: MessageContext): void => {
      if (json !== undefined && ctx.message.isJson && !takesXml(source.property, ctx)) json(ctx)
      else xml(ctx)
    }
    const mediator: Mediator = (ctx) => {
      run(ctx)
      if (touchesBody && ctx.properties.get('axis2', 'NO_ENTITY_BODY') !== undefined)
        ctx.properties.delete('axis2', 'NO_ENTITY_BODY')
      return 'continue'
    }
    return mediator
  },
})

/** A property that holds XML makes even a JSON body XML (language reference 2.3). */
const takesXml = (property: string | undefined, ctx: MessageContext): boolean =>
  property !== undefined && isXmlValue(ctx.properties.get('default', property))
