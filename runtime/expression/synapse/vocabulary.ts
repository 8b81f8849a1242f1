import type { LookupRoot } from './syntax.ts'

type Root = 'payload' | 'vars' | 'headers' | 'configs' | 'params' | 'props'

/** COMPAT expression-early-names: `var`, `config` and `uriParams` are what milestones before MI 4.4 called vars, configs and pathParams. */
export const ROOTS: ReadonlyMap<string, Root> = new Map([
  ['payload', 'payload'],
  ['$', 'payload'],
  ['vars', 'vars'],
  ['var', 'vars'],
  ['headers', 'headers'],
  ['configs', 'configs'],
  ['config', 'configs'],
  ['params', 'params'],
  ['props', 'props'],
  ['properties', 'props'],
])

export const PARAMETERS: ReadonlyMap<string, LookupRoot> = new Map([
  ['pathParams', 'pathParams'],
  ['uriParams', 'pathParams'],
  ['queryParams', 'queryParams'],
  ['functionParams', 'functionParams'],
])

export const PROPERTIES: ReadonlyMap<string, LookupRoot> = new Map([
  ['synapse', 'synapse'],
  ['axis2', 'axis2'],
])

/** The functions of the language (language reference 4.3), with the least and greatest number of arguments. */
export const FUNCTION_ARGUMENTS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['length', [1, 1]],
  ['toUpper', [1, 1]],
  ['toLower', [1, 1]],
  ['subString', [2, 3]],
  ['startsWith', [2, 2]],
  ['endsWith', [2, 2]],
  ['contains', [2, 2]],
  ['trim', [1, 1]],
  ['replace', [3, 3]],
  ['split', [2, 2]],
  ['indexOf', [2, 3]],
  ['charAt', [2, 2]],
  ['now', [0, 0]],
  ['formatDateTime', [2, 3]],
  ['abs', [1, 1]],
  ['ceil', [1, 1]],
  ['floor', [1, 1]],
  ['round', [1, 2]],
  ['sqrt', [1, 1]],
  ['log', [1, 2]],
  ['pow', [2, 2]],
  ['base64encode', [1, 2]],
  ['base64decode', [1, 1]],
  ['urlEncode', [1, 2]],
  ['urlDecode', [1, 1]],
  ['isString', [1, 1]],
  ['isNumber', [1, 1]],
  ['isArray', [1, 1]],
  ['isObject', [1, 1]],
  ['string', [1, 1]],
  ['integer', [1, 1]],
  ['float', [1, 1]],
  ['boolean', [1, 1]],
  ['exists', [1, 1]],
  ['object', [1, 1]],
  ['array', [1, 1]],
  ['xpath', [1, 2]],
  ['not', [1, 1]],
  ['registry', [1, 2]],
])

export const isFunctionName = (word: string): boolean => FUNCTION_ARGUMENTS.has(word)

/** Begins an access to something outside a JSONPath, which a filter can compare with. */
export const startsAccess = (word: string, called: boolean): boolean =>
  ROOTS.has(word) || (called && isFunctionName(word))
