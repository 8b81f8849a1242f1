/** A schema is missing or wrong. */
export class SchemaError extends Error {}
