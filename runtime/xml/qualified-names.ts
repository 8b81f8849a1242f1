import { isNcName } from './names.ts'
import { XML_NAMESPACE } from './tree.ts'

/** A prefix and the namespace it stands for at the place the parser has reached; undefined when it stands for none. */
export interface Binding {
  readonly prefix: string
  namespace: string | undefined
}

/** A qualified name of a document, taken apart once. */
export interface QualifiedName {
  readonly text: string
  readonly local: string
  readonly binding: Binding
  /** The prefix that an attribute of this name declares ('' for `xmlns`); undefined when it declares none. */
  readonly declares: Binding | undefined
}

/** The names of one document. Prefixes are bound in place, so that scopes cost nothing however deep they are nested. */
export class QualifiedNames {
  readonly #names = new Map<string, QualifiedName>()
  readonly #bindings = new Map<string, Binding>([
    ['', { prefix: '', namespace: '' }],
    ['xml', { prefix: 'xml', namespace: XML_NAMESPACE }],
  ])

  /** The name, or undefined when the text is no qualified name. */
  get(text: string): QualifiedName | undefined {
    return this.#names.get(text) ?? this.#add(text)
  }

  #add(text: string): QualifiedName | undefined {
    const colon = text.indexOf(':')
    const prefix = colon < 0 ? '' : text.slice(0, colon)
    const local = colon < 0 ? text : text.slice(colon + 1)
    if (!isNcName(local) || (colon >= 0 && !isNcName(prefix))) return undefined
    const declared = prefix === 'xmlns' ? local : text === 'xmlns' ? '' : undefined
    const declares = declared === undefined ? undefined : this.#binding(declared)
    const name = { text, local, binding: this.#binding(prefix), declares }
    this.#names.set(text, name)
    return name
  }

  #binding(prefix: string): Binding {
    let binding = this.#bindings.get(prefix)
    if (binding === undefined) {
      binding = { prefix, namespace: undefined }
      this.#bindings.set(prefix, binding)
    }
    return binding
  }
}
