import {
  type DynamicValue,
  Fault,
  type JsonValue,
  kept,
  type Linker,
  type MessageContext,
  type Resource,
  type Site,
  type XmlElement,
} from 'viaduct'
import { compileJsonSchema } from './json-schema.ts'
import { SchemaError } from './schema-error.ts'
import { compileXmlSchema } from './xml-schema.ts'

/** Tells what is wrong with a part of a message; nothing when it is valid. */
export type Validator =
  | { readonly kind: 'xml'; readonly problems: (element: XmlElement) => readonly string[] }
  | { readonly kind: 'json'; readonly problems: (value: JsonValue) => readonly string[] }

export type FindValidator = (ctx: MessageContext) => Validator

/** Compiles schemas now when their keys are known, so that their mistakes are those of the configuration. */
export function compileSchemas(
  keys: readonly DynamicValue[],
  places: ReadonlyMap<string, string>,
  { linker, fail }: Site,
): FindValidator {
  if (keys.every(({ literal }) => literal !== undefined)) {
    try {
      const validator = compile(
        keys.map(({ text }) => text),
        places,
        linker,
      )
      return () => validator
    } catch (thrown) {
      if (!(thrown instanceof SchemaError)) throw thrown
      fail('schema-invalid', thrown.message)
      return () => NOTHING
    }
  }
  const validator = kept((names) => compile(names.split('\n'), places, linker))
  return (ctx) => {
    try {
      return validator(keys.map((key) => key.string(ctx)).join('\n'))
    } catch (thrown) {
      if (thrown instanceof SchemaError) throw new Fault(0, `validate: ${thrown.message}`, { cause: thrown })
      throw thrown
    }
  }
}

const NOTHING: Validator = { kind: 'xml', problems: () => [] }

function compile(keys: readonly string[], places: ReadonlyMap<string, string>, linker: Linker): Validator {
  const schemas = keys.map((key) => required(key, linker))
  const isJson = schemas.map(({ bytes }) => /^\s*[{[]/.test(bytes.toString('utf8', 0, 1000)))
  const [first] = schemas
  if (first !== undefined && isJson.every(Boolean)) {
    if (schemas.length > 1) throw new SchemaError('one JSON Schema is enough; combine them with allOf')
    return { kind: 'json', problems: compileJsonSchema(first) }
  }
  if (isJson.some(Boolean)) throw new SchemaError('XML Schemas and JSON Schemas cannot be mixed')
  const find = (location: string): Resource | undefined => linker.resource(places.get(location) ?? location)
  return { kind: 'xml', problems: compileXmlSchema(schemas, find) }
}

function required(key: string, linker: Linker): Resource {
  const resource = linker.resource(key)
  if (resource === undefined) throw new SchemaError(`there is no schema "${key}"`)
  return resource
}
