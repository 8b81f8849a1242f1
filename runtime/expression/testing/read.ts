import { defineMediator, type DynamicValue, escapeAttribute, type Path, path, value } from 'viaduct'
import { compileMediators } from 'viaduct/testing'
import { expect } from 'vitest'

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const NAMESPACES = `xmlns:m="urn:menu" xmlns:soapenv="${SOAP}" xmlns:f="http://www.w3.org/2005/xpath-functions"`

/** Compiles an attribute as the real compiler does, with a few prefixes in force. */
export function read(text: string): { path?: Path; value?: DynamicValue; problems: readonly string[] } {
  let found: { path?: Path; value?: DynamicValue } = {}
  const probe = defineMediator({
    name: 'probe',
    summary: 'Keeps what it was given.',
    attributes: { expression: path('An expression.'), key: value('A value.') },
    compile: ({ expression, key }) => {
      found = { ...(expression && { path: expression }), ...(key && { value: key }) }
      return () => 'continue'
    },
  })
  const attribute = text.startsWith('{') ? 'key' : 'expression'
  const xml = `<probe ${NAMESPACES} ${attribute}="${escapeAttribute(text)}"/>`
  return { problems: compileMediators(xml, { mediators: [probe] }).diagnostics, ...found }
}

export function compile(text: string): Path {
  const { path: compiled, problems } = read(text)
  expect(problems).toEqual([])
  if (compiled === undefined) throw new Error('nothing was compiled')
  return compiled
}
