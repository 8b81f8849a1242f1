import {
  append,
  type DecisionCategory,
  type DecisionValue,
  type MissingAttribute,
  type PolicyIdentifier,
  XmlDocument,
} from 'viaduct'
import { type DataType, dataType, LexicalError } from '../data-types/index.ts'
import { ENVIRONMENT_CATEGORY } from '../policy/namespaces.ts'
import { writeRequestTree2 } from '../xml/request-tree-2.ts'
import type { Clock } from './clock.ts'
import { type Indeterminate, syntaxError } from './indeterminate.ts'
import type { SourceLookup } from './source-lookup.ts'

/** An attribute that policies ask for. There is one object for each, whose identity is the key of what was found. */
export interface AttributeKey {
  readonly category: string
  readonly id: string
  readonly type: DataType
  readonly issuer: string | undefined
}

type Bag = readonly unknown[]

const EMPTY: Bag = []

/** One question being decided: its attributes as typed values, and what has been found out about it so far. */
export class EvaluationContext {
  readonly categories: readonly DecisionCategory[]
  /** Policies that applied, when the request wants to know. */
  readonly applied: PolicyIdentifier[] | undefined
  /** Why the last target that was DOUBTFUL was so. */
  failure: Indeterminate | undefined
  /** Collects what was looked for in vain; only while an explanation is made. */
  missing: Set<MissingAttribute> | undefined
  readonly #clock: Clock
  readonly #sources: SourceLookup | undefined
  readonly #bags = new Map<AttributeKey, Bag>()
  #variables: Map<object, unknown> | undefined
  #contents: Map<string, XmlDocument | undefined> | undefined
  #tree: XmlDocument | undefined

  constructor(
    categories: readonly DecisionCategory[],
    clock: Clock,
    sources: SourceLookup | undefined,
    wantsPolicies = false,
  ) {
    this.categories = categories
    this.applied = wantsPolicies ? [] : undefined
    this.#clock = clock
    this.#sources = sources
  }

  /** Values of variables, by their compiled definition. */
  get variables(): Map<object, unknown> {
    return (this.#variables ??= new Map<object, unknown>())
  }

  /** The values of an attribute; throws Indeterminate when one of them is not of its type or a source fails. */
  bag(key: AttributeKey): Bag {
    let bag = this.#bags.get(key)
    if (bag === undefined) {
      bag = this.#find(key)
      this.#bags.set(key, bag)
    }
    return bag
  }

  /** The document inside the `<Content>` of a category. */
  content(category: string): XmlDocument | undefined {
    const contents = (this.#contents ??= new Map<string, XmlDocument | undefined>())
    if (contents.has(category)) return contents.get(category)
    const root = this.categories.find((each) => each.category === category && each.content !== undefined)?.content
    const document = root === undefined ? undefined : documentOf(root)
    contents.set(category, document)
    return document
  }

  /** The question as a `<Request>` of XACML 2.0, which the paths of 2.0 policies look into. */
  requestTree(): XmlDocument {
    return (this.#tree ??= writeRequestTree2(this.categories))
  }

  #find(key: AttributeKey): Bag {
    const { rule } = this.#clock
    const current = key.category === ENVIRONMENT_CATEGORY && rule !== 'request' ? this.#clock.value(key) : undefined
    if (current !== undefined && rule === 'clock') return [current]
    const found: unknown[] = []
    for (const category of this.categories) if (category.category === key.category) collect(category, key, found)
    if (found.length > 0) return found
    if (current !== undefined) return [current]
    const supplied = this.#sources?.find(key, this)
    if (supplied === undefined) return EMPTY
    collect({ category: key.category, attributes: supplied }, key, found)
    return found
  }
}

function collect({ attributes }: DecisionCategory, key: AttributeKey, found: unknown[]): void {
  for (const attribute of attributes) {
    if (attribute.id !== key.id || (key.issuer !== undefined && attribute.issuer !== key.issuer)) continue
    for (const value of attribute.values)
      if (value.type === key.type.id || dataType(value.type) === key.type) found.push(parseValue(key.type, value))
  }
}

/** Throws Indeterminate with `syntax-error` when the text is no value of the type. */
export function parseValue(type: DataType, value: DecisionValue): unknown {
  try {
    return type.parse(value.text, value)
  } catch (error) {
    if (!(error instanceof LexicalError)) throw error
    throw syntaxError(error.message)
  }
}

function documentOf(root: NonNullable<DecisionCategory['content']>): XmlDocument {
  if (root.parent instanceof XmlDocument) return root.parent
  const document = new XmlDocument()
  append(document, root)
  return document
}
