import { javaRegex } from '../expression/java-regex.ts'

/** How JSON becomes XML and back (language reference, section 6); the names are those of synapse.properties. */
export interface JsonMapping {
  /** Text that looks like a number, true, false or null is written without quotes. */
  readonly autoPrimitive: boolean
  /** Neighbours of one name become an array. */
  readonly autoArray: boolean
  /** `<?xml-multiple name?>` starts an array. */
  readonly multipleInstruction: boolean
  readonly preserveNamespace: boolean
  readonly namespaceDeclarations: boolean
  readonly namespaceSeparator: string
  /** An empty element is null, else the empty string. */
  readonly nullForEmpty: boolean
  /** `xsi:nil` is read and written. */
  readonly nil: boolean
  /** Arrays are announced by an instruction when JSON becomes XML. */
  readonly writeInstructions: boolean
  /** Text that matches as a whole stays a string. */
  readonly stringPattern: RegExp | undefined
  /** Text that begins with a match stays a string, and the match is replaced. */
  readonly replacePattern: RegExp | undefined
  readonly replacement: string
}

const COMMONS = 'synapse.commons.'
const OUTPUT = `${COMMONS}json.output.`
// Upstream really has "json.json" in these two names.
const REPLACE = `${COMMONS}json.json.output.disableAutoPrimitive.`

/** The mapping that the settings ask for. */
export function jsonMapping(properties: Readonly<Record<string, string>>): JsonMapping {
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = properties[name]
    return value === undefined ? otherwise : value.trim().toLowerCase() === 'true'
  }
  return {
    autoPrimitive: flag(`${OUTPUT}autoPrimitive`, true),
    autoArray: flag(`${OUTPUT}jsonoutAutoArray`, true),
    multipleInstruction: flag(`${OUTPUT}jsonoutMultiplePI`, true),
    preserveNamespace: flag(`${COMMONS}json.preserve.namespace`, false),
    namespaceDeclarations: flag(`${OUTPUT}enableNSDeclarations`, false),
    namespaceSeparator: properties[`${OUTPUT}namespaceSepChar`]?.trim().charAt(0) ?? '_',
    nullForEmpty: flag(`${COMMONS}enableXmlNullForEmptyElement`, true),
    nil: flag(`${COMMONS}enableXmlNilReadWrite`, false),
    writeInstructions: flag('synapse.json.to.xml.processing.instruction.enabled', false),
    stringPattern: pattern(properties[`${OUTPUT}disableAutoPrimitive.regex`], true),
    replacePattern: pattern(properties[`${REPLACE}customReplaceRegex`], false),
    replacement: properties[`${REPLACE}customReplaceSequence`] ?? '',
  }
}

/** From the start of the text in either case. */
const pattern = (text: string | undefined, whole: boolean): RegExp | undefined =>
  text === undefined || text === '' ? undefined : javaRegex(whole ? text : `^(?:${text})`, whole)

export const DEFAULT_JSON_MAPPING: JsonMapping = jsonMapping({})
