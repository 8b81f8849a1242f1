import { xpath } from 'viaduct'
import { exsltFunction } from './exslt/index.ts'
import type { Names } from './names-in-scope.ts'
import { expanded, XSL } from './names.ts'
import { DEFAULT_DECIMAL_FORMAT, formatDecimal } from './number-format.ts'
import type { Node, Run, Value } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'

/** A function of a stylesheet's expressions; `node` is the context node. */
export type XsltFunction = (args: Value[], run: Run, node: Node) => unknown

type Compile = (names: Names, count: number) => XsltFunction | undefined

const CORE: ReadonlyMap<string, Compile> = new Map<string, Compile>([
  ['current', (_names, count) => (count === 0 ? (_args, run) => [run.current] : undefined)],
  ['key', (names, count) => (count === 2 ? keyFunction(names) : undefined)],
  ['document', (_names, count) => (count === 1 || count === 2 ? documentFunction : undefined)],
  ['format-number', (names, count) => (count === 2 || count === 3 ? formatFunction(names, count) : undefined)],
  ['generate-id', (_names, count) => (count <= 1 ? generateId : undefined)],
  ['system-property', (names, count) => (count === 1 ? systemProperty(names) : undefined)],
  ['element-available', (names, count) => (count === 1 ? elementAvailable(names) : undefined)],
  ['function-available', (names, count) => (count === 1 ? functionAvailable(names) : undefined)],
  ['unparsed-entity-uri', (_names, count) => (count === 1 ? () => '' : undefined)],
])

/** A function of XSLT 1.0 (chapter 12) or EXSLT; undefined when there is none of that name and number of arguments. */
export function compileFunction(
  names: Names,
  namespace: string,
  local: string,
  count: number,
): XsltFunction | undefined {
  return namespace === '' ? CORE.get(local)?.(names, count) : exsltFunction(namespace, local, count)
}

const text = (value: Value | undefined, run: Run): string =>
  value === undefined ? '' : xpath.toString(value, run.evaluation)

const keyFunction =
  (names: Names): XsltFunction =>
  ([name, value = ''], run, node) => {
    const key = names.qname(text(name, run))
    if (!run.keys.has(key)) throw new StylesheetError(`there is no key "${key}"`, names.element)
    if (!Array.isArray(value)) return run.keys.find(run, key, text(value, run), node)
    const found = value.flatMap((each) => run.keys.find(run, key, run.evaluation.stringValue(each), node))
    return value.length < 2 ? found : xpath.inDocumentOrder(found)
  }

/** Every node names a document; '' is the stylesheet itself, which is not kept. */
const documentFunction: XsltFunction = ([href = ''], run) => {
  const hrefs = Array.isArray(href) ? href.map((each) => run.evaluation.stringValue(each)) : [text(href, run)]
  return [...new Set(hrefs)].map((each) => run.documents.get(each))
}

function formatFunction(names: Names, count: number): XsltFunction {
  return ([value = '', pattern = '', name], run) => {
    const format =
      count === 3
        ? run.decimalFormats.get(names.qname(text(name, run)))
        : (run.decimalFormats.get('') ?? DEFAULT_DECIMAL_FORMAT)
    if (format === undefined)
      throw new StylesheetError(`there is no decimal-format "${text(name, run)}"`, names.element)
    return formatDecimal(xpath.toNumber(value, run.evaluation), text(pattern, run), format)
  }
}

const generateId: XsltFunction = ([nodes], run, node) => {
  const of = nodes === undefined ? node : Array.isArray(nodes) ? nodes[0] : undefined
  return of === undefined ? '' : run.idOf(of)
}

const systemProperty =
  (names: Names): XsltFunction =>
  ([name], run) => {
    switch (names.qname(text(name, run))) {
      case expanded(XSL, 'version'):
        return 1
      case expanded(XSL, 'vendor'):
        return 'Viaduct'
      default:
        return ''
    }
  }

const INSTRUCTIONS: ReadonlySet<string> = new Set(
  (
    'apply-imports apply-templates attribute call-template choose comment copy copy-of element fallback for-each if message ' +
    'number processing-instruction text value-of variable'
  ).split(' '),
)

const elementAvailable =
  (names: Names): XsltFunction =>
  ([name], run) => {
    const [, local = ''] = new RegExp(`^\\{${XSL}\\}(.+)$`).exec(names.qname(text(name, run))) ?? []
    return INSTRUCTIONS.has(local)
  }

const OF_XPATH: ReadonlySet<string> = new Set(
  (
    'last position count id local-name namespace-uri name string concat starts-with contains substring-before substring-after ' +
    'substring string-length normalize-space translate boolean not true false lang number sum floor ceiling round'
  ).split(' '),
)

const functionAvailable =
  (names: Names): XsltFunction =>
  ([name], run) => {
    const [, namespace = '', local = ''] = /^(?:\{(.*)\})?(.*)$/.exec(names.qname(text(name, run))) ?? []
    if (namespace === '') return OF_XPATH.has(local) || CORE.has(local)
    return [0, 1, 2, 3].some((count) => exsltFunction(namespace, local, count) !== undefined)
  }
