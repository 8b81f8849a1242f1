import type { Attribute } from '../schema.ts'
import { element, type Markup } from './markup.ts'

const restriction = (facets: readonly Markup[], base = 'xs:string'): Markup =>
  element('xs:simpleType', {}, [element('xs:restriction', { base }, facets)])

const enumeration = (value: string): Markup => element('xs:enumeration', { value })
const pattern = (value: string): Markup => element('xs:pattern', { value })

/** The words for completion in editors, together with the pattern that lets other spellings pass. */
const wordsOrPattern = (words: readonly string[], regex: string): Markup =>
  element('xs:union', {}, [restriction(words.map(enumeration)), restriction([pattern(regex)])])

const anyCase = (word: string): string =>
  word.replace(/[a-z]|[^\w-]/gi, (character) =>
    /[a-z]/i.test(character) ? `[${character.toUpperCase()}${character.toLowerCase()}]` : `\\${character}`,
  )

/** Types that attributes of more than one element have. */
export const SIMPLE_TYPES: readonly Markup[] = [
  element('xs:simpleType', { name: 'boolean' }, [
    wordsOrPattern(['true', 'false'], `\\s*(${anyCase('true')}|${anyCase('false')})\\s*`),
  ]),
  element('xs:simpleType', { name: 'expression' }, [
    element('xs:restriction', { base: 'xs:string' }, [element('xs:minLength', { value: '1' })]),
  ]),
]

/** The type of an attribute: one by name, or one of its own. */
export function simpleTypeOf({ kind, values, anyCase: free }: Attribute<unknown>): { type?: string; inline?: Markup } {
  switch (kind) {
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
      return { type: 'xs:integer' }
    case 'number':
      return { type: 'xs:double' }
    case 'path':
    case 'key':
      return { type: 'expression' }
    case 'enum': {
      const words = values ?? []
      if (free !== true) return { inline: restriction(words.map(enumeration)) }
      return { inline: element('xs:simpleType', {}, [wordsOrPattern(words, words.map(anyCase).join('|'))]) }
    }
    case 'string':
    case 'value':
    case 'regex':
    case 'qname':
    case 'list':
      return { type: 'xs:string' }
  }
}
