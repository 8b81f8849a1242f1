export { changedAt, removedAt, renamedAt, withChild } from './change.ts'
export { xmlToJson, xmlToJsonValue } from './from-xml.ts'
export { jsonMapping } from './mapping.ts'
export { JsonError, MAX_JSON_DEPTH, parseJson } from './parse.ts'
export { printJson } from './print.ts'
export { jsonToElements, jsonToXml } from './to-xml.ts'
export {
  cloneJson,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonArray,
  jsonEquals,
  JsonNumber,
  jsonNumber,
  type JsonObject,
  type JsonValue,
} from './value.ts'
