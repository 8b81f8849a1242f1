import { compileValue, type DynamicValue, compilePath, type Path } from './expression/path.ts'
import { javaRegex } from './expression/java-regex.ts'
import type { ArtifactMap, Reference } from './linker.ts'
import { type Attribute, type AttributeKind, InvalidValue, type Reading } from './schema.ts'
import { namespaceOf } from './xml/select.ts'

function attribute<T>(
  kind: AttributeKind,
  doc: string,
  read: (text: string, reading: Reading) => NonNullable<T>,
  values?: readonly string[],
): Attribute<T> {
  return { kind, doc, read, mandatory: false, ...(values && { values }) }
}

export const string = (doc: string): Attribute<string | undefined> => attribute('string', doc, (text) => text)

/** Text in which `$SYSTEM:NAME`, `$FILE:NAME` and `${configs.NAME}` stand for values of the environment (Synapse's parameter resolver). */
export const parameter = (doc: string): Attribute<string | undefined> =>
  attribute('string', doc, (text, { linker, at }) => linker.parameter(text, at))

export const boolean = (doc: string): Attribute<boolean | undefined> =>
  attribute('boolean', doc, (text) => {
    const word = text.trim().toLowerCase()
    if (word === 'true') return true
    if (word === 'false') return false
    throw new InvalidValue('expected true or false')
  })

export const integer = (doc: string, least = Number.MIN_SAFE_INTEGER): Attribute<number | undefined> =>
  attribute('integer', doc, (text) => {
    const number = Number(text)
    if (!/^\s*[+-]?\d+\s*$/.test(text) || !Number.isSafeInteger(number))
      throw new InvalidValue('expected a whole number')
    if (number < least) throw new InvalidValue(`expected ${least} or more`)
    return number
  })

export const number = (doc: string): Attribute<number | undefined> =>
  attribute('number', doc, (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidValue('expected a number')
    return value
  })

/** One of the words given; case counts unless `anyCase`. The value is the word as the definition spells it. */
export const oneOf = <const V extends readonly string[]>(
  values: V,
  doc: string,
  anyCase = false,
): Attribute<V[number] | undefined> => ({
  ...attribute<V[number] | undefined>(
    'enum',
    doc,
    (text) => {
      const word = values.find((value) => value === text || (anyCase && value.toLowerCase() === text.toLowerCase()))
      if (word === undefined) throw new InvalidValue(`expected one of ${values.join(', ')}`)
      return word
    },
    values,
  ),
  anyCase,
})

/** Words separated by blanks or commas. */
export const list = (doc: string): Attribute<readonly string[] | undefined> =>
  attribute('list', doc, (text) => text.split(/[\s,]+/).filter((word) => word !== ''))

/** A regular expression in Java's syntax that must match the whole value, as `matches()`. */
export const regex = (doc: string): Attribute<RegExp | undefined> =>
  attribute('regex', doc, (text) => {
    try {
      return javaRegex(text, true)
    } catch (error) {
      throw new InvalidValue(`not a regular expression: ${error instanceof Error ? error.message : ''}`)
    }
  })

export interface QName {
  readonly prefix: string
  readonly name: string
  readonly namespace: string
}

/** A qualified name; its prefix must be declared. Without a prefix the namespace is ''. */
export const qname = (doc: string): Attribute<QName | undefined> =>
  attribute('qname', doc, (text, { element }) => {
    const colon = text.indexOf(':')
    if (colon < 0) return { prefix: '', name: text, namespace: '' }
    const prefix = text.slice(0, colon)
    const namespace = namespaceOf(prefix, element)
    if (namespace === undefined) throw new InvalidValue(`the prefix "${prefix}" is not declared`)
    return { prefix, name: text.slice(colon + 1), namespace }
  })

/** An expression: XPath 1.0, `json-eval(…)` or `${…}`. */
export const path = (doc: string): Attribute<Path | undefined> =>
  attribute('path', doc, (text, reading) => compilePath(text, reading))

/** A literal, or an expression in braces that is evaluated for every message. */
export const value = (doc: string): Attribute<DynamicValue | undefined> =>
  attribute('value', doc, (text, reading) => compileValue(text, reading))

/** The name of an artifact; linked before anything starts. An expression in braces is looked up for every message. */
export const key = <K extends keyof ArtifactMap>(
  kind: K,
  doc: string,
): Attribute<Reference<ArtifactMap[K]> | undefined> =>
  attribute('key', doc, (text, reading) => reading.linker.reference(kind, text, reading))

export const required = <T>(of: Attribute<T>): Attribute<NonNullable<T>> => ({ ...of, mandatory: true })

export const withDefault = <T>(
  fallback: NonNullable<T> & (string | number | boolean),
  of: Attribute<T>,
): Attribute<NonNullable<T>> => ({ ...of, fallback: String(fallback) })

/** An attribute that means nothing here: every value but `harmless` is reported with the reason. */
export const idle = <T>(of: Attribute<T>, reason: string, harmless?: string): Attribute<T> => ({
  ...of,
  read(text, reading) {
    if (text.trim() !== harmless) reading.linker.report('attribute-idle', reading.at, reason)
    return of.read(text, reading)
  },
})

/** Gives the attribute an XML name that differs from its name in code (dashes, reserved words, clashes). */
export const named = <T>(xml: string, of: Attribute<T>): Attribute<T> => ({ ...of, xml })
