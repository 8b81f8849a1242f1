export { JsonError, MAX_JSON_DEPTH, parseJson } from './parse.ts'
export { printJson } from './print.ts'
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
