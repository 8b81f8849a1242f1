import { ELEMENT, INSTRUCTION, TEXT, type XmlAttribute, type XmlElement } from '../xml/tree.ts'
import { DEFAULT_JSON_MAPPING, type JsonMapping } from './mapping.ts'
import { parseJson } from './parse.ts'
import { printJson } from './print.ts'
import { JSON_ARRAY, JSON_OBJECT, JSON_VALUE, jsonKey } from './to-xml.ts'
import type { JsonValue } from './value.ts'

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const BLANK = /^[\x00-\x20]*$/

export interface JsonWriting {
  /** Keep white space that is all the text of an element (axis2 property PRESERVE_SPACES). */
  readonly preserveSpaces?: boolean
}

/**
 * JSON text for an element (language reference, section 6). Text and not a value, because neighbours that do not touch
 * become one key twice.
 */
export function xmlToJson(
  element: XmlElement,
  mapping: JsonMapping = DEFAULT_JSON_MAPPING,
  writing: JsonWriting = {},
): string {
  return new Writer(mapping, writing.preserveSpaces ?? false).root(element)
}

/** The JSON value of an element; of a key that comes twice the last one counts. */
export function xmlToJsonValue(element: XmlElement, mapping: JsonMapping = DEFAULT_JSON_MAPPING): JsonValue {
  return parseJson(xmlToJson(element, mapping))
}

interface Member {
  readonly key: string
  readonly values: string[]
  array: boolean
}

class Writer {
  readonly #mapping: JsonMapping
  readonly #preserveSpaces: boolean

  constructor(mapping: JsonMapping, preserveSpaces: boolean) {
    this.#mapping = mapping
    this.#preserveSpaces = preserveSpaces
  }

  root(element: XmlElement): string {
    switch (element.name) {
      case JSON_OBJECT:
        return this.#empty(element) ? '{}' : this.#value(element)
      case JSON_ARRAY:
        return this.#array(element)
      case JSON_VALUE:
        return rawValue(text(element))
      default:
        return `{${printJson(this.#name(element))}:${this.#value(element)}}`
    }
  }

  #value(element: XmlElement): string {
    const { nil, nullForEmpty } = this.#mapping
    if (nil && element.attributes.some(isNil)) return 'null'
    const array = wrappedArray(element)
    if (array !== undefined) return this.#array(array)
    const objects = wrappedObjects(element)
    if (objects.length === 1 && objects[0] !== undefined) return this.root(objects[0])
    if (objects.length > 1) return `[${objects.map((each) => this.root(each)).join(',')}]`
    const members = this.#members(element)
    const own = this.#text(element)
    if (members.length === 0) return own === undefined ? (nullForEmpty ? 'null' : '""') : this.#primitive(own)
    if (own !== undefined) members.push({ key: '$', values: [this.#primitive(own)], array: false })
    return print(members)
  }

  #members(element: XmlElement): Member[] {
    const members: Member[] = []
    this.#attributes(element, members)
    let announced: string | undefined
    for (const child of element.children) {
      if (child.type === ELEMENT) {
        const key = this.#name(child)
        const last = members.at(-1)
        const value = this.#value(child)
        // COMPAT auto-array-neighbours: one element is never an array, and elements that do not touch repeat the key.
        if (last?.key === key && (last.array || this.#mapping.autoArray)) {
          last.values.push(value)
          last.array = true
        } else members.push({ key, values: [value], array: announced === '' || announced === key })
        announced = undefined
      } else if (child.type === INSTRUCTION && child.name === 'xml-multiple' && this.#mapping.multipleInstruction) {
        announced = jsonKey(child.value.trim())
      }
    }
    return members
  }

  #attributes(element: XmlElement, members: Member[]): void {
    const { namespaceDeclarations, namespaceSeparator, preserveNamespace } = this.#mapping
    if (preserveNamespace && namespaceDeclarations) {
      for (const { prefix, namespace } of element.declarations) {
        const key = prefix === '' ? '@xmlns' : `@xmlns${namespaceSeparator}${prefix}`
        members.push({ key, values: [printJson(namespace)], array: false })
      }
    }
    for (const attribute of element.attributes)
      members.push({ key: `@${this.#name(attribute)}`, values: [printJson(attribute.value)], array: false })
  }

  #array(element: XmlElement): string {
    const items: string[] = []
    for (const child of element.children) if (child.type === ELEMENT) items.push(this.#value(child))
    return `[${items.join(',')}]`
  }

  /** Without the white space between elements; undefined when nothing is left. */
  #text(element: XmlElement): string | undefined {
    const { children } = element
    if (this.#preserveSpaces && children.length === 1 && children[0]?.type === TEXT) return children[0].value
    let text: string | undefined
    for (const child of children) {
      if (child.type === TEXT && !BLANK.test(child.value)) text = (text ?? '') + child.value
    }
    return text
  }

  #empty(element: XmlElement): boolean {
    return (
      element.attributes.length === 0 &&
      element.children.every(({ type }) => type !== ELEMENT) &&
      this.#text(element) === undefined
    )
  }

  #name({ prefix, name }: XmlElement | XmlAttribute): string {
    const key = jsonKey(name)
    return this.#mapping.preserveNamespace && prefix !== '' ? `${prefix}${this.#mapping.namespaceSeparator}${key}` : key
  }

  #primitive(value: string): string {
    const { autoPrimitive, stringPattern, replacePattern, replacement } = this.#mapping
    if (!autoPrimitive || stringPattern?.test(value) === true) return printJson(value)
    if (stringPattern === undefined && replacePattern?.test(value) === true)
      return printJson(value.replace(replacePattern, replacement))
    if (value === 'true' || value === 'false' || value === 'null' || NUMBER.test(value)) return value
    return printJson(value)
  }
}

function print(members: readonly Member[]): string {
  let json = '{'
  for (const { key, values, array } of members) {
    if (json.length > 1) json += ','
    json += `${printJson(key)}:${array ? `[${values.join(',')}]` : (values[0] ?? 'null')}`
  }
  return `${json}}`
}

/** `<jsonArray>` as the only content: how nested arrays are written. */
function wrappedArray(element: XmlElement): XmlElement | undefined {
  const [only, ...others] = contentOf(element)
  return only?.name === JSON_ARRAY && others.length === 0 ? only : undefined
}

/** `<jsonObject>`s as the only content: roots of JSON payloads that were put into other XML, as by aggregate. */
function wrappedObjects(element: XmlElement): readonly XmlElement[] {
  const content = contentOf(element)
  return content.every(({ name }) => name === JSON_OBJECT) ? content : []
}

/** The child elements of an element that holds nothing else. */
function contentOf({ attributes, children }: XmlElement): readonly XmlElement[] {
  if (attributes.length > 0) return []
  const found: XmlElement[] = []
  for (const child of children) {
    if (child.type === TEXT && !BLANK.test(child.value)) return []
    if (child.type === ELEMENT) found.push(child)
  }
  return found
}

const isNil = ({ name, namespace, value }: XmlAttribute): boolean =>
  name === 'nil' && value === 'true' && (namespace === XSI || namespace === '')

/** The content of `<jsonValue>` is JSON text already; anything else is taken as a string. */
function rawValue(content: string): string {
  try {
    return printJson(parseJson(content))
  } catch {
    return printJson(content)
  }
}

function text(element: XmlElement): string {
  let value = ''
  for (const child of element.children) if (child.type === TEXT) value += child.value
  return value
}
