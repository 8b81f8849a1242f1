export { jsonSchemaOf } from './json-schema.ts'
export { type ElementPage, pageMarkdown, pageNames, pagesOf, pageText } from './reference.ts'
export { xsdOf } from './xsd.ts'
