import { DOCUMENT, declarationsWithOuter, XmlDocument, type XmlElement, xpath, type XmlText } from 'viaduct'
import { type CompiledSheet, compileSheet } from './compile-stylesheet.ts'
import { Documents, type LoadDocument } from './documents.ts'
import type { LoadStylesheet, StylesheetSource } from './modules.ts'
import { methodOf, printResult } from './output.ts'
import { DEFAULT_RUN_LIMITS, type Node, type RunLimits, type Value } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'

/** What a transformation gave. */
export interface TransformResult {
  /** Undefined where the stylesheet says nothing about it; see `method`. */
  readonly mediaType: string | undefined
  readonly method: 'xml' | 'html' | 'text'
  readonly tree: XmlDocument
  /** What `xsl:message` said. */
  readonly messages: readonly string[]
  /** The result as text, as `xsl:output` says. May change the tree. */
  print(): string
}

export interface TransformOptions {
  /** Values of global parameters by name, those in a namespace as `{uri}name`. */
  readonly parameters?: ReadonlyMap<string, Value>
  /** For `document()`; without it there are no other documents. */
  readonly document?: LoadDocument
  readonly limits?: Partial<RunLimits>
}

/** A compiled XSLT 1.0 stylesheet. It can transform any number of documents. */
export class Stylesheet {
  readonly #sheet: CompiledSheet

  constructor(sheet: CompiledSheet) {
    this.#sheet = sheet
  }

  /**
   * Transforms a document, or an element as if it were a document's root; neither is changed. Throws StylesheetError when the
   * stylesheet goes wrong, or takes too long or too much.
   */
  transform(source: XmlDocument | XmlElement, options: TransformOptions = {}): TransformResult {
    if (source.type === DOCUMENT) return this.#run(source, options)
    return asRoot(source, (document) => this.#run(document, options))
  }

  #run(source: XmlDocument, { parameters = new Map(), document, limits }: TransformOptions): TransformResult {
    const { strip, output } = this.#sheet
    const documents = new Documents((href) => document?.(href))
    const from: Node = strip === undefined ? source : strip(source)
    try {
      const run = this.#sheet.start(from, parameters, documents, { ...DEFAULT_RUN_LIMITS, ...limits })
      const tree = run.out.finish()
      const raw = run.out.raw ?? new Set<XmlText>()
      return {
        mediaType: output.mediaType,
        method: methodOf(tree, output),
        tree,
        messages: run.messages,
        print: () => printResult(tree, output, raw),
      }
    } catch (thrown) {
      if (thrown instanceof xpath.XPathError) throw new StylesheetError(thrown.message)
      if (thrown instanceof RangeError) throw new StylesheetError('templates call each other too deep')
      throw thrown
    }
  }
}

/** Makes an element the root of a document for as long as `use` runs: much cheaper than a copy. */
function asRoot<T>(element: XmlElement, use: (document: XmlDocument) => T): T {
  const { parent, declarations } = element
  const document = new XmlDocument()
  element.declarations = declarationsWithOuter(element)
  element.parent = document
  document.children.push(element)
  try {
    return use(document)
  } finally {
    element.parent = parent
    element.declarations = declarations
  }
}

/** COMPAT xslt-later-version: a stylesheet for a later version runs when it uses nothing of it, as on WSO2's default processor. */
const LATER = /\bversion\s*=\s*["'][23]/

/** Compiles a stylesheet; `load` finds what it imports. Throws StylesheetError with the place. */
export function compileStylesheet(source: StylesheetSource, load: LoadStylesheet = () => undefined): Stylesheet {
  try {
    return new Stylesheet(compileSheet(source, load))
  } catch (thrown) {
    if (!(thrown instanceof StylesheetError) || !LATER.test(source.text)) throw thrown
    throw thrown.with(' (the stylesheet is written for XSLT 2.0 or later; this is an XSLT 1.0 processor)')
  }
}
