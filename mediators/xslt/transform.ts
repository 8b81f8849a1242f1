import { Fault, type MessageContext, type XmlElement, type xpath } from 'viaduct'
import { StylesheetError, type TransformResult } from 'viaduct/xslt'
import type { Stylesheets } from './stylesheets.ts'

/** Transforms an element of the message. What goes wrong is a fault that names the place in the stylesheet. */
export function transform(
  ctx: MessageContext,
  stylesheets: Stylesheets,
  source: XmlElement,
  parameters: ReadonlyMap<string, xpath.XPathValue>,
): TransformResult {
  const stylesheet = stylesheets.of(ctx)
  try {
    const result = stylesheet.transform(source, { parameters, document: stylesheets.document })
    for (const message of result.messages) ctx.log('INFO', 'xslt', message)
    return result
  } catch (thrown) {
    if (!(thrown instanceof StylesheetError)) throw thrown
    const { at, message } = thrown
    const place = at === undefined ? '' : ` (${at.file}:${at.line}:${at.column})`
    throw new Fault(0, `xslt: ${message}${place}`, { cause: thrown })
  }
}
