import { NO_DECLARATIONS, XML_NAMESPACE, type XmlDeclaration } from './tree.ts'

/** The namespace declarations in force while a tree is walked. Entering and leaving cost the same at any depth. */
export class NamespaceScope {
  readonly #bindings = new Map<string, string>([
    ['', ''],
    ['xml', XML_NAMESPACE],
  ])
  /** What declarations replaced: prefix, then the namespace before. */
  readonly #before: (string | undefined)[] = []
  /** The last binding that was asked for and found right; most neighbours share theirs. */
  #lastPrefix: string | undefined = undefined
  #lastNamespace = ''

  /** Puts declarations in force and returns what {@link leave} needs to end them. */
  enter(declarations: readonly XmlDeclaration[]): number {
    const mark = this.#before.length
    if (declarations === NO_DECLARATIONS) return mark
    for (let i = 0; i < declarations.length; i++) {
      const declaration = declarations[i]
      if (declaration === undefined) break
      this.#before.push(declaration.prefix, this.#bindings.get(declaration.prefix))
      this.#bindings.set(declaration.prefix, declaration.namespace)
    }
    this.#lastPrefix = undefined
    return mark
  }

  leave(mark: number): void {
    if (this.#before.length === mark) return
    while (this.#before.length > mark) {
      const namespace = this.#before.pop()
      const prefix = this.#before.pop() ?? ''
      if (namespace === undefined) this.#bindings.delete(prefix)
      else this.#bindings.set(prefix, namespace)
    }
    this.#lastPrefix = undefined
  }

  /** The namespace of a prefix, undefined when there is none. */
  get(prefix: string): string | undefined {
    return this.#bindings.get(prefix)
  }

  binds(prefix: string, namespace: string): boolean {
    if (prefix === this.#lastPrefix && namespace === this.#lastNamespace) return true
    if (this.#bindings.get(prefix) !== namespace) return false
    this.#lastPrefix = prefix
    this.#lastNamespace = namespace
    return true
  }

  /** A prefix that stands for a namespace, undefined when there is none. */
  prefixOf(namespace: string): string | undefined {
    for (const [prefix, bound] of this.#bindings) if (bound === namespace && prefix !== '') return prefix
    return undefined
  }
}
