import { elements, firstElement, type XmlElement } from 'viaduct'
import { type ElementReading, placeOf } from './element-reading.ts'
import type { AssignmentExpression, ObligationExpression } from './model.ts'
import { readExpression } from './read-expression.ts'

/** `<ObligationExpressions>` of 3.0, or the `<Obligations>` of 2.0, whose values are literals. */
export function readObligations(parent: XmlElement, reading: ElementReading): ObligationExpression[] {
  const list = firstElement(parent, 'ObligationExpressions')
  if (list !== undefined)
    return reading
      .children(list, ['ObligationExpression'])
      .map((each) => expression(each, 'ObligationId', 'FulfillOn', reading))
  const old = firstElement(parent, 'Obligations')
  if (old === undefined) return []
  return reading.children(old, ['Obligation']).map((each) => ({
    id: reading.required(each, 'ObligationId'),
    on: reading.effect(each, 'FulfillOn'),
    assignments: reading.children(each, ['AttributeAssignment']).map((child) => ({
      ...assigned(child, reading),
      expression: reading.literal(child, reading.value(child)),
    })),
    at: placeOf(each),
  }))
}

export function readAdvice(parent: XmlElement, reading: ElementReading): ObligationExpression[] {
  const list = firstElement(parent, 'AdviceExpressions')
  if (list === undefined) return []
  return reading.children(list, ['AdviceExpression']).map((each) => expression(each, 'AdviceId', 'AppliesTo', reading))
}

function expression(element: XmlElement, id: string, on: string, reading: ElementReading): ObligationExpression {
  return {
    id: reading.required(element, id),
    on: reading.effect(element, on),
    assignments: reading.children(element, ['AttributeAssignmentExpression']).flatMap((child) => {
      const [inner, ...more] = elements(child)
      if (inner === undefined || more.length > 0) {
        reading.report('element-missing', placeOf(child), `<${child.name}> needs exactly one expression`)
        return []
      }
      const value = readExpression(inner, reading)
      return value === undefined ? [] : [{ ...assigned(child, reading), expression: value }]
    }),
    at: placeOf(element),
  }
}

function assigned(element: XmlElement, reading: ElementReading): Omit<AssignmentExpression, 'expression'> {
  return {
    attribute: reading.required(element, 'AttributeId'),
    category: reading.attribute(element, 'Category'),
    issuer: reading.attribute(element, 'Issuer'),
    at: placeOf(element),
  }
}
