import { isNcName } from '../xml/names.ts'
import { XmlAttribute, XmlElement, XmlInstruction, XmlText } from '../xml/tree.ts'
import { DEFAULT_JSON_MAPPING, type JsonMapping } from './mapping.ts'
import { printJson } from './print.ts'
import { isJsonArray, isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './value.ts'

export const JSON_OBJECT = 'jsonObject'
export const JSON_ARRAY = 'jsonArray'
export const JSON_ELEMENT = 'jsonElement'
export const JSON_VALUE = 'jsonValue'

const MARK = '_JsonReader_'
const DIGIT_MARK = `${MARK}PD_`
const DOLLAR_MARK = `${MARK}PS_`
const EMPTY_MARK = `${MARK}EMPTY_`
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/**
 * The element that stands for a JSON value in an envelope: `<jsonObject>`, `<jsonArray>` or `<jsonValue>` (language
 * reference, section 6). `@name` members become attributes, `$` becomes text, keys that are no XML names are escaped.
 */
export function jsonToXml(value: JsonValue, mapping: JsonMapping = DEFAULT_JSON_MAPPING): XmlElement {
  if (isJsonObject(value)) return fillObject(new XmlElement(JSON_OBJECT), value, mapping)
  if (isJsonArray(value)) return fillArray(new XmlElement(JSON_ARRAY), value, mapping)
  const element = new XmlElement(JSON_VALUE)
  addText(element, printJson(value))
  return element
}

/** The elements that members of an object or items of an array become, without a root: for results put into other XML. */
export function jsonToElements(value: JsonValue, mapping: JsonMapping = DEFAULT_JSON_MAPPING): XmlElement[] {
  const root = jsonToXml(value, mapping)
  return root.children.filter((child): child is XmlElement => child instanceof XmlElement)
}

function fillObject(element: XmlElement, object: JsonObject, mapping: JsonMapping): XmlElement {
  for (const [key, value] of object) {
    if (key === '$' && !isJsonArray(value) && !isJsonObject(value)) {
      if (value !== null) addText(element, textOf(value))
    } else if (key.length > 1 && key.startsWith('@') && !isJsonArray(value) && !isJsonObject(value))
      addAttribute(element, key.slice(1), value)
    else addMember(element, xmlName(key), value, mapping)
  }
  return element
}

function addMember(parent: XmlElement, name: string, value: JsonValue, mapping: JsonMapping): void {
  if (!isJsonArray(value)) {
    addElement(parent, name, value, mapping)
    return
  }
  if (mapping.writeInstructions) parent.children.push(new XmlInstruction('xml-multiple', name, parent))
  for (const item of value) addElement(parent, name, item, mapping)
}

function addElement(parent: XmlElement, name: string, value: JsonValue, mapping: JsonMapping): void {
  const element = new XmlElement(name, '', '', parent)
  parent.children.push(element)
  if (isJsonObject(value)) fillObject(element, value, mapping)
  else if (isJsonArray(value)) {
    const inner = new XmlElement(JSON_ARRAY, '', '', element)
    element.children.push(fillArray(inner, value, mapping))
  } else if (value !== null) addText(element, textOf(value))
  else if (mapping.nil) element.attributes = [new XmlAttribute('nil', 'true', XSI, 'xsi', element)]
}

function fillArray(element: XmlElement, array: JsonArray, mapping: JsonMapping): XmlElement {
  addMember(element, JSON_ELEMENT, array, mapping)
  return element
}

function addAttribute(element: XmlElement, name: string, value: JsonValue): void {
  const attribute = new XmlAttribute(xmlName(name), value === null ? '' : textOf(value), '', '', element)
  element.attributes = [...element.attributes.filter((other) => other.name !== attribute.name), attribute]
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : printJson(value))

function addText(element: XmlElement, text: string): void {
  if (text !== '') element.children.push(new XmlText(text, element))
}

/** An XML name for a JSON key, from which {@link jsonKey} makes the key again. */
export function xmlName(key: string): string {
  if (isNcName(key)) return key
  if (key === '') return EMPTY_MARK
  const first = key.charCodeAt(0)
  if (first >= 0x30 && first <= 0x39) return DIGIT_MARK + escaped(key)
  if (first === 0x24) return DOLLAR_MARK + escaped(key.slice(1))
  const name = escaped(key)
  // A name character that must not be the first one ("-a"): escaped as well, which upstream forgets.
  return isNcName(name) ? name : `${MARK}${first}_${escaped(key.slice(1))}`
}

/** Upstream escapes only with buildValidNCNames; without it it writes XML that is not well-formed. */
function escaped(key: string): string {
  let name = ''
  for (const character of key) name += isNcName(`a${character}`) ? character : `${MARK}${character.codePointAt(0)}_`
  return name
}

/** The JSON key that an element or attribute name stands for. */
export function jsonKey(name: string): string {
  if (!name.includes(MARK)) return name
  if (name === EMPTY_MARK) return ''
  if (name.startsWith(DIGIT_MARK)) return unescaped(name.slice(DIGIT_MARK.length))
  if (name.startsWith(DOLLAR_MARK)) return `$${unescaped(name.slice(DOLLAR_MARK.length))}`
  return unescaped(name)
}

const unescaped = (name: string): string =>
  name.replaceAll(/_JsonReader_(\d{1,7})_/g, (mark: string, code: string) =>
    Number(code) > 0 && Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : mark,
  )
