export { compileJsonPath, type JsonLocation, JsonPath } from './jsonpath.ts'
export { JsonPathError } from './syntax.ts'
