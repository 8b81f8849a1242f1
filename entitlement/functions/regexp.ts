import {
  anyURI,
  boolean,
  type DataType,
  dnsName,
  ipAddress,
  rfc822Name,
  string,
  x500Name,
} from '../data-types/index.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { type FunctionDefinition, valueType } from './function.ts'
import { schemaRegex } from './schema-regex.ts'

function regexpMatch<T>(id: string, type: DataType<T>): FunctionDefinition {
  const matcher = (pattern: unknown) => {
    const regex = compiled(String(pattern))
    return (value: unknown) => regex.test(type.print(value as T))
  }
  return {
    id,
    parameters: [valueType(string), valueType(type)],
    rest: undefined,
    result: valueType(boolean),
    call: (pattern, value) => matcher(pattern)(value),
    prepare: matcher,
  }
}

function compiled(pattern: string): RegExp {
  try {
    return schemaRegex(pattern)
  } catch (error) {
    throw processingError(`the regular expression is wrong: ${error instanceof Error ? error.message : ''}`)
  }
}

/** Section A.3.13 of XACML 3.0: the pattern may match anywhere in the text. */
export const regexps: readonly FunctionDefinition[] = [
  regexpMatch('urn:oasis:names:tc:xacml:1.0:function:string-regexp-match', string),
  // The name in XACML 1.0, which Balana keeps.
  regexpMatch('urn:oasis:names:tc:xacml:1.0:function:regexp-string-match', string),
  regexpMatch('urn:oasis:names:tc:xacml:2.0:function:anyURI-regexp-match', anyURI),
  regexpMatch('urn:oasis:names:tc:xacml:2.0:function:ipAddress-regexp-match', ipAddress),
  regexpMatch('urn:oasis:names:tc:xacml:2.0:function:dnsName-regexp-match', dnsName),
  regexpMatch('urn:oasis:names:tc:xacml:2.0:function:rfc822Name-regexp-match', rfc822Name),
  regexpMatch('urn:oasis:names:tc:xacml:2.0:function:x500Name-regexp-match', x500Name),
]
