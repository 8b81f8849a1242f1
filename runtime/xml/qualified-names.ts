import { endOfName, isNcName } from './names.ts'
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
  /** The name that followed this one last time. Documents repeat themselves, so it most often follows again. */
  next: QualifiedName | undefined
}

const SPACE = 0x20
const SLASH = 0x2f
const EQUALS = 0x3d
const GREATER = 0x3e

/** The names of one document. Prefixes are bound in place, so that scopes cost nothing however deep they are nested. */
export class QualifiedNames {
  /** Where the name read last ended. */
  end = 0
  readonly #maximum: number
  readonly #names = new Map<string, QualifiedName>()
  readonly #bindings = new Map<string, Binding>([
    ['', { prefix: '', namespace: '' }],
    ['xml', { prefix: 'xml', namespace: XML_NAMESPACE }],
  ])
  #previous: QualifiedName | undefined = undefined

  /** `maximum` is that of the length of a name. */
  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** The name that starts at `start`, undefined when there is none or it is too long. */
  read(text: string, start: number): QualifiedName | undefined {
    const guess = this.#previous?.next
    if (guess !== undefined && text.startsWith(guess.text, start)) {
      const end = start + guess.text.length
      const code = text.charCodeAt(end)
      if (code === GREATER || code === EQUALS || code === SPACE || code === SLASH) {
        this.end = end
        this.#previous = guess
        return guess
      }
    }
    return this.#follow(text, start)
  }

  #follow(text: string, start: number): QualifiedName | undefined {
    this.end = endOfName(text, start)
    if (this.end - start > this.#maximum) return undefined
    const written = text.slice(start, this.end)
    const name = this.#names.get(written) ?? this.#add(written)
    if (this.#previous !== undefined) this.#previous.next = name
    this.#previous = name
    return name
  }

  #add(text: string): QualifiedName | undefined {
    const colon = text.indexOf(':')
    const prefix = colon < 0 ? '' : text.slice(0, colon)
    const local = colon < 0 ? text : text.slice(colon + 1)
    if (!isNcName(local) || (colon >= 0 && !isNcName(prefix))) return undefined
    const declared = prefix === 'xmlns' ? local : text === 'xmlns' ? '' : undefined
    const declares = declared === undefined ? undefined : this.#binding(declared)
    const name = { text, local, binding: this.#binding(prefix), declares, next: undefined }
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
