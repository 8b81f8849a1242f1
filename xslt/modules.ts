import { attributeValue, DOCUMENT, elements, parseConfiguration, XmlError, type XmlElement } from 'viaduct'
import { XSL } from './names.ts'
import { StylesheetError } from './stylesheet-error.ts'

/** A stylesheet file. */
export interface StylesheetSource {
  readonly text: string
  /** Shown in messages. */
  readonly file: string
}

/** Finds what `xsl:import` and `xsl:include` name; undefined when there is none. */
export type LoadStylesheet = (href: string) => StylesheetSource | undefined

/** A top-level element with the import precedence of its stylesheet. */
export interface Declaration {
  readonly element: XmlElement
  readonly precedence: number
}

/** More stylesheets than one imports. */
const MOST_MODULES = 200

/**
 * The declarations of a stylesheet and of all that it includes and imports, those of lower precedence first (XSLT 1.0,
 * section 2.6). Throws StylesheetError.
 */
export function readModules(source: StylesheetSource, load: LoadStylesheet): readonly Declaration[] {
  return new ModuleReader(load).read(source)
}

class ModuleReader {
  readonly #load: LoadStylesheet
  readonly #open: string[] = []
  #precedence = 0
  #modules = 0

  constructor(load: LoadStylesheet) {
    this.#load = load
  }

  read(source: StylesheetSource): Declaration[] {
    return this.#module(rootOf(source))
  }

  /** Imports come first: each takes the next precedence when its own imports have been read. */
  #module(root: XmlElement): Declaration[] {
    if (++this.#modules > MOST_MODULES) throw new StylesheetError('the stylesheet imports too many others', root)
    const imported: Declaration[] = []
    const own = this.#expand(root, imported)
    const precedence = ++this.#precedence
    return [...imported, ...own.map((element) => ({ element, precedence }))]
  }

  /** The top-level elements with includes in their places; what is imported goes to `imported`. */
  #expand(root: XmlElement, imported: Declaration[]): XmlElement[] {
    if (root.namespace !== XSL) return [root]
    const own: XmlElement[] = []
    for (const element of elements(root)) {
      const isXsl = element.namespace === XSL
      if (isXsl && element.name === 'import') imported.push(...this.#named(element, (module) => this.#module(module)))
      else if (isXsl && element.name === 'include')
        own.push(...this.#named(element, (module) => this.#expand(module, imported)))
      else own.push(element)
    }
    return own
  }

  #named<T>(element: XmlElement, read: (root: XmlElement) => T): T {
    const href = attributeValue(element, 'href')
    if (href === undefined) throw new StylesheetError(`xsl:${element.name} needs href`, element)
    const source = this.#load(href)
    if (source === undefined) throw new StylesheetError(`xsl:${element.name}: there is no resource "${href}"`, element)
    if (this.#open.includes(href)) throw new StylesheetError(`"${href}" imports itself`, element)
    this.#open.push(href)
    const result = read(rootOf(source))
    this.#open.pop()
    return result
  }
}

function rootOf({ text, file }: StylesheetSource): XmlElement {
  let root: XmlElement
  try {
    root = parseConfiguration(text, file).root
  } catch (thrown) {
    if (!(thrown instanceof XmlError)) throw thrown
    throw new StylesheetError(`${file}: ${thrown.message}`)
  }
  const isSheet = root.namespace === XSL && (root.name === 'stylesheet' || root.name === 'transform')
  const version = attributeValue(root, 'version', isSheet ? '' : XSL)
  if (!isSheet && version === undefined)
    throw new StylesheetError(`<${root.name}> is no stylesheet: xsl:stylesheet is expected`, root)
  if (version === undefined) throw new StylesheetError('xsl:stylesheet needs a version', root)
  return root
}

export const isSimplified = ({ parent, namespace }: XmlElement): boolean =>
  namespace !== XSL && (parent === null || parent.type === DOCUMENT)
