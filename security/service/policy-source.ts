import {
  attributeValue,
  decodeXml,
  type DiagnosticCode,
  elements,
  type Linker,
  parseConfiguration,
  type Span,
  type XmlElement,
  XmlError,
} from 'viaduct'
import { isPolicyNamespace } from '../policy/names.ts'
import { policyId, type PolicyReading } from '../policy/normalize.ts'

/** Where policies come from: local entries, the registry, `file:`, the folder `policies/` of the home. */
export class PolicySource {
  readonly #linker: Linker
  readonly #read = new Map<string, XmlElement | undefined>()

  constructor(linker: Linker) {
    this.#linker = linker
  }

  /** How policies refer to each other and tell what is wrong with them. */
  get reading(): PolicyReading {
    return {
      find: (uri) => this.#referred(uri),
      fail: (code: DiagnosticCode, message: string, at: Span) => this.#linker.report(code, at, message),
    }
  }

  /** The policy of a key; undefined when there is none, or when it is no policy, which is reported. */
  find(key: string, at: Span): XmlElement | undefined {
    const root = this.#root(key)
    if (root === 'missing') {
      this.#linker.report(
        'reference-unresolved',
        at,
        `there is no policy "${key}" among local entries, in the registry or in policies/`,
      )
      return undefined
    }
    const policy = root && policyIn(root)
    if (root !== undefined && policy === undefined)
      this.#linker.report('element-unknown', root.at ?? at, `"${key}" holds <${root.name}>, which is no policy`)
    return policy
  }

  #root(key: string): XmlElement | 'missing' | undefined {
    if (this.#read.has(key)) return this.#read.get(key)
    const resource = [key, `file:policies/${key}`, `file:policies/${key}.xml`].flatMap(
      (place) => this.#linker.resource(place) ?? [],
    )[0]
    if (resource === undefined) return 'missing'
    const root = resource.element ?? this.#parse(resource.bytes, resource.file)
    this.#read.set(key, root)
    return root
  }

  #parse(bytes: Buffer, file: string): XmlElement | undefined {
    try {
      return parseConfiguration(decodeXml(bytes), file).root
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      const { line, column, reason } = error
      this.#linker.report('xml-malformed', { file, line, column, endLine: line, endColumn: column + 1 }, reason)
      return undefined
    }
  }

  /** `#id` means a policy in the documents that were read; anything else is a key. */
  #referred(uri: string): XmlElement | undefined {
    for (const root of this.#read.values()) {
      const found = root && named(root, uri)
      if (found !== undefined) return found
    }
    const root = uri.startsWith('#') ? undefined : this.#root(uri)
    return root === 'missing' || root === undefined ? undefined : policyIn(root)
  }

  /** Lets references find policies that stand in a document of another kind: a WSDL. */
  remember(name: string, root: XmlElement): void {
    this.#read.set(name, root)
  }
}

const isPolicy = ({ name, namespace }: XmlElement): boolean => name === 'Policy' && isPolicyNamespace(namespace)

/** The policy that a document is, or the first in it. */
function policyIn(root: XmlElement): XmlElement | undefined {
  if (isPolicy(root)) return root
  for (const child of elements(root)) {
    const found = policyIn(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** The policy of that identifier or name, wherever it stands. */
function named(root: XmlElement, uri: string): XmlElement | undefined {
  if (isPolicy(root) && (`#${policyId(root) ?? ''}` === uri || attributeValue(root, 'Name') === uri)) return root
  for (const child of elements(root)) {
    const found = named(child, uri)
    if (found !== undefined) return found
  }
  return undefined
}
