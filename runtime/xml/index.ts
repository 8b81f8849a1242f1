export type { CanonicalForm } from './canonical-inheritance.ts'
export { type CanonicalOptions, canonicalXml, writeCanonicalXml } from './canonical.ts'
export { decodeText, decodeXml } from './decode.ts'
export {
  append,
  cloneNode,
  declarationsWithOuter,
  declareNamespace,
  detach,
  insertAfter,
  insertBefore,
  removeAttribute,
  replace,
  setAttribute,
  setText,
} from './edit.ts'
export { encodeText, encodeXml } from './encode.ts'
export { escapeAttribute, escapeText } from './escape.ts'
export { XML_LIMITS, type XmlLimits } from './limits.ts'
export { isNcName, isQName, isXmlText } from './names.ts'
export { parseXml } from './parse.ts'
export { type Peek, type PeekedName, peekEnvelope, spliceHeader } from './peek.ts'
export { parseConfiguration } from './positions.ts'
export { type PrintOptions, printXml, XOP_NAMESPACE } from './print.ts'
export { repairNamespaces } from './repair.ts'
export { attributeValue, elements, firstElement, inScopeNamespaces, namespaceOf, textOf } from './select.ts'
export type { Tape, TapeNode } from './tape.ts'
export * from './tree.ts'
export { XmlError } from './xml-error.ts'
