import { bodyChild, createEnvelope, defineMediator, ELEMENT, required, soapVersion, textPayload, value } from 'viaduct'
import { compileKey } from './stylesheets.ts'
import { transform } from './transform.ts'

/** `fastXSLT`: what a stylesheet makes of the payload is the payload (language reference 2.2). */
export const fastXslt = defineMediator({
  name: 'fastXSLT',
  summary: 'Replaces the payload by what an XSLT 1.0 stylesheet makes of it.',
  attributes: {
    key: required(value('Where the stylesheet is kept.')),
  },
  builds: true,
  compile({ key }, site) {
    const stylesheets = compileKey(key, new Map(), site)
    if (stylesheets === undefined) return () => 'stop'
    return (ctx) => {
      const { message } = ctx
      const source = bodyChild(message.tree)
      if (source === undefined) return 'continue'
      const result = transform(ctx, stylesheets, source, new Map())
      const elements = result.tree.children.filter(({ type }) => type === ELEMENT)
      const payload = elements.length > 0 ? elements : [textPayload(result.print())]
      message.setTree(createEnvelope(soapVersion(message.tree), payload))
      return 'continue'
    }
  },
})
