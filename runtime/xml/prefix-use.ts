import { ELEMENT, TEXT, type XmlElement } from './tree.ts'

/** With more prefixes than this, all count as used: a sender could make the search for each take long. */
export const MANY_PREFIXES = 20

/**
 * Those of some namespaces by prefix that a subtree uses in names, or seems to use in content: xsi:type, a prefix list, an
 * XPath expression. Content counts when the prefix stands in it as a word.
 */
export function usedNamespaces(element: XmlElement, namespaces: ReadonlyMap<string, string>): Map<string, string> {
  if (namespaces.size === 0 || namespaces.size > MANY_PREFIXES) return new Map(namespaces)
  const search = new Search(namespaces)
  search.inside(element)
  return search.found
}

/** Whether a prefix stands in a text as a word. */
export function mentions(text: string, prefix: string): boolean {
  for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
    if (!isWordAt(text, at - 1) && !isWordAt(text, at + prefix.length)) return true
  }
  return false
}

const isWordAt = (text: string, at: number): boolean => /[\w.-]/.test(text[at] ?? '')

class Search {
  readonly found = new Map<string, string>()
  readonly #missing: Map<string, string>

  constructor(namespaces: ReadonlyMap<string, string>) {
    this.#missing = new Map(namespaces)
  }

  inside(element: XmlElement): void {
    this.#name(element.prefix, element.namespace)
    for (const attribute of element.attributes) {
      if (attribute.prefix !== '') this.#name(attribute.prefix, attribute.namespace)
      this.#content(attribute.value)
    }
    for (const child of element.children) {
      if (this.#missing.size === 0) return
      if (child.type === ELEMENT) this.inside(child)
      else if (child.type === TEXT && child.binary === undefined) this.#content(child.value)
    }
  }

  #name(prefix: string, namespace: string): void {
    if (this.#missing.get(prefix) === namespace) this.#take(prefix, namespace)
  }

  #content(text: string): void {
    for (const [prefix, namespace] of this.#missing) {
      if (prefix !== '' && mentions(text, prefix)) this.#take(prefix, namespace)
    }
  }

  #take(prefix: string, namespace: string): void {
    this.found.set(prefix, namespace)
    this.#missing.delete(prefix)
  }
}
