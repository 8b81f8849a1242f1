export { compileStylesheet, Stylesheet, type TransformOptions, type TransformResult } from './stylesheet.ts'
export { StylesheetError } from './stylesheet-error.ts'
