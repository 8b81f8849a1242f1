import { attributeValue, type XmlElement } from 'viaduct'
import { type AttributeTemplate, compileAttributeTemplate } from './attribute-template.ts'
import type { Names } from './names-in-scope.ts'
import type { Node, Run } from './run.ts'

/** Puts nodes in the order that `xsl:sort` asks for (XSLT 1.0, chapter 10). */
export type Sorter = (run: Run, nodes: readonly Node[], node: Node, position: number, size: number) => readonly Node[]

interface SortKey {
  readonly select: (run: Run, node: Node, position: number, size: number) => string
  readonly order: AttributeTemplate
  readonly dataType: AttributeTemplate
  readonly caseOrder: AttributeTemplate
  readonly lang: AttributeTemplate
}

export function compileSorter(sorts: readonly XmlElement[], namesAt: (element: XmlElement) => Names): Sorter {
  const keys = sorts.map((element): SortKey => {
    const names = namesAt(element)
    const template = (name: string, otherwise: string): AttributeTemplate =>
      compileAttributeTemplate(attributeValue(element, name) ?? otherwise, names).evaluate
    const { string } = names.compile(attributeValue(element, 'select') ?? '.')
    return {
      select: (run, node, position, size) => string(node, position, size, run.evaluation),
      order: template('order', 'ascending'),
      dataType: template('data-type', 'text'),
      caseOrder: template('case-order', ''),
      lang: template('lang', ''),
    }
  })
  return (run, nodes, node, position, size) => {
    const compares = keys.map((key) => compareBy(key, run, node, position, size))
    const current = run.current
    const rows = nodes.map((each, index) => {
      run.current = each
      return { each, values: keys.map(({ select }) => select(run, each, index + 1, nodes.length)) }
    })
    run.current = current
    return rows
      .toSorted((a, b) => {
        for (const [index, compare] of compares.entries()) {
          const result = compare(a.values[index] ?? '', b.values[index] ?? '')
          if (result !== 0) return result
        }
        return 0
      })
      .map(({ each }) => each)
  }
}

type Compare = (a: string, b: string) => number

function compareBy(
  { order, dataType, caseOrder, lang }: SortKey,
  run: Run,
  node: Node,
  position: number,
  size: number,
): Compare {
  const compare =
    dataType(run, node, position, size) === 'number'
      ? compareNumbers
      : compareTexts(caseOrder(run, node, position, size), lang(run, node, position, size))
  return order(run, node, position, size) === 'descending' ? (a, b) => compare(b, a) : compare
}

/** What is no number comes first. */
const compareNumbers: Compare = (a, b) => {
  const [left, right] = [numberOf(a), numberOf(b)]
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1
  return Number.isNaN(right) ? 1 : left - right
}

const numberOf = (text: string): number => (/^\s*-?(?:\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : Number.NaN)

/** By code point without a language, as xsltproc does; else as the language has it. */
function compareTexts(caseOrder: string, lang: string): Compare {
  if (lang === '' && caseOrder === '') return (a, b) => (a < b ? -1 : a > b ? 1 : 0)
  const collator = new Intl.Collator(supported(lang), {
    caseFirst: caseOrder === 'upper-first' ? 'upper' : caseOrder === 'lower-first' ? 'lower' : 'false',
  })
  return (a, b) => collator.compare(a, b)
}

function supported(lang: string): string | undefined {
  try {
    return lang === '' ? 'en' : Intl.getCanonicalLocales(lang)[0]
  } catch {
    return undefined
  }
}
