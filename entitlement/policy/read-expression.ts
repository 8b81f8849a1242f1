import { elements, type XmlElement } from 'viaduct'
import { type ElementReading, placeOf } from './element-reading.ts'
import type { Designator, Expression, Selector } from './model.ts'
import { ACTION_CATEGORY, ENVIRONMENT_CATEGORY, RESOURCE_CATEGORY, SUBJECT_CATEGORY } from './namespaces.ts'

/** The four designators of 2.0 and the category that each stands for. */
const OLD_DESIGNATORS: ReadonlyMap<string, string> = new Map([
  ['SubjectAttributeDesignator', SUBJECT_CATEGORY],
  ['ResourceAttributeDesignator', RESOURCE_CATEGORY],
  ['ActionAttributeDesignator', ACTION_CATEGORY],
  ['EnvironmentAttributeDesignator', ENVIRONMENT_CATEGORY],
])

export const EXPRESSIONS: readonly string[] = [
  'Apply',
  'AttributeValue',
  'AttributeDesignator',
  'AttributeSelector',
  'Function',
  'VariableReference',
  ...OLD_DESIGNATORS.keys(),
]

/** Reads an expression of any version; undefined when the element is none, which is reported. */
export function readExpression(element: XmlElement, reading: ElementReading): Expression | undefined {
  const at = placeOf(element)
  switch (element.name) {
    case 'AttributeValue':
      return reading.literal(element, reading.value(element))
    case 'Function':
      return { kind: 'function', function: reading.named(element, 'FunctionId'), at }
    case 'VariableReference':
      return { kind: 'variable', id: reading.required(element, 'VariableId'), at }
    case 'Apply':
      return readApply(element, reading)
    case 'AttributeSelector':
      return readSelector(element, reading)
    default:
      return readDesignator(element, reading)
  }
}

/** A function and its arguments: `<Apply>`, and the `<Condition>` of XACML 1. */
export function readApply(element: XmlElement, reading: ElementReading): Expression {
  const args = elements(element)
    .filter(({ name }) => name !== 'Description')
    .flatMap((child) => readExpression(child, reading) ?? [])
  return {
    kind: 'apply',
    function: reading.named(element, 'FunctionId'),
    args,
    namespaces: reading.namespaces(element),
    at: placeOf(element),
  }
}

export function readSelector(element: XmlElement, reading: ElementReading): Selector {
  const old = reading.attribute(element, 'RequestContextPath')
  const pathName = old === undefined ? 'Path' : 'RequestContextPath'
  return {
    kind: 'selector',
    category: old === undefined ? reading.required(element, 'Category') : undefined,
    path: reading.required(element, pathName),
    pathAt: reading.valuePlace(element, pathName),
    namespaces: reading.namespaces(element),
    contextSelector: reading.attribute(element, 'ContextSelectorId'),
    type: reading.named(element, 'DataType'),
    mustBePresent: reading.boolean(element, 'MustBePresent', false),
    at: placeOf(element),
  }
}

/** Reported and undefined when the element is no designator. */
export function readDesignator(element: XmlElement, reading: ElementReading): Designator | undefined {
  const old = OLD_DESIGNATORS.get(element.name)
  if (old === undefined && element.name !== 'AttributeDesignator') {
    reading.report('element-unknown', placeOf(element), `<${element.name}> is no expression`)
    return undefined
  }
  const category =
    old === undefined
      ? reading.required(element, 'Category')
      : ((old === SUBJECT_CATEGORY ? reading.attribute(element, 'SubjectCategory') : undefined) ?? old)
  return {
    kind: 'designator',
    category,
    id: reading.required(element, 'AttributeId'),
    type: reading.named(element, 'DataType'),
    issuer: reading.attribute(element, 'Issuer'),
    mustBePresent: reading.boolean(element, 'MustBePresent', false),
    at: placeOf(element),
  }
}
