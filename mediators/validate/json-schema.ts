import { Ajv, type ErrorObject } from 'ajv'
import Draft04 from 'ajv-draft-04'
import { type JsonValue, printJson, type Resource } from 'viaduct'
import { SchemaError } from './schema-error.ts'

/** Compiles a JSON Schema: draft 4, as Synapse's, or what its `$schema` names. Throws SchemaError. */
export function compileJsonSchema({ bytes, file }: Resource): (value: JsonValue) => readonly string[] {
  try {
    const schema: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof schema !== 'object' || schema === null) throw new SchemaError('a JSON Schema is an object')
    const isLater = '$schema' in schema && /draft-0[67]|20(?:19|20)-/.test(String(schema.$schema))
    const options = { strict: false, allErrors: false, logger: false } as const
    const ajv = isLater ? new Ajv(options) : new Draft04.default(options)
    const validate = ajv.compile(schema)
    // The value of a message keeps numbers as they were written; a schema wants plain ones.
    return (value) => (validate(JSON.parse(printJson(value))) ? [] : problemsOf(validate.errors ?? []))
  } catch (thrown) {
    throw new SchemaError(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

const problemsOf = (errors: readonly ErrorObject[]): string[] =>
  errors.map(
    ({ instancePath, message }) => `${instancePath === '' ? 'the value' : instancePath} ${message ?? 'is invalid'}`,
  )
