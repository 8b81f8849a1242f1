import { DOCUMENT, XmlDocument, XmlText } from 'viaduct'
import type { ExsltEntry } from './index.ts'
import { textOf } from './arguments.ts'

/** exslt.org/common. */
export const nodeSets: ReadonlyMap<string, ExsltEntry> = new Map<string, ExsltEntry>([
  [
    'node-set',
    [
      1,
      1,
      ([value = ''], run) => {
        if (Array.isArray(value)) return value
        const document = new XmlDocument()
        document.children.push(new XmlText(textOf(value, run)))
        return [document]
      },
    ],
  ],
  [
    'object-type',
    [
      1,
      1,
      ([value = '']) => {
        if (!Array.isArray(value)) return typeof value
        return value.length === 1 && value[0]?.type === DOCUMENT ? 'RTF' : 'node-set'
      },
    ],
  ],
])
