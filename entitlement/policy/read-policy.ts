import { elements, firstElement, type Report, textOf, type XmlElement } from 'viaduct'
import { ElementReading, placeOf } from './element-reading.ts'
import type {
  CombinerParameter,
  Policy,
  PolicyNode,
  PolicyReference,
  PolicySet,
  Rule,
  VariableDefinition,
} from './model.ts'
import { isPolicyNamespace, isXacml3 } from './namespaces.ts'
import { EXPRESSIONS, readApply, readExpression } from './read-expression.ts'
import { readAdvice, readObligations } from './read-obligations.ts'
import { readTarget } from './read-target.ts'

/** Whether an element is a policy of XACML and not, say, one of WS-Policy, which has the same name. */
export const isXacmlPolicy = ({ name, namespace }: XmlElement): boolean =>
  (name === 'Policy' || name === 'PolicySet') && isPolicyNamespace(namespace)

const COMMON = ['Description', 'PolicyIssuer', 'Target', 'Obligations', 'ObligationExpressions', 'AdviceExpressions']
const IN_POLICY = [
  ...COMMON,
  'PolicyDefaults',
  'CombinerParameters',
  'RuleCombinerParameters',
  'VariableDefinition',
  'Rule',
]
const IN_SET = [
  ...COMMON,
  'PolicySetDefaults',
  'CombinerParameters',
  'PolicyCombinerParameters',
  'PolicySetCombinerParameters',
  'Policy',
  'PolicySet',
  'PolicyIdReference',
  'PolicySetIdReference',
]
const IN_RULE = ['Description', 'Target', 'Condition', 'ObligationExpressions', 'AdviceExpressions']

/** Policies further inside each other than this are refused; deeper ones would fill the stack when they are evaluated. */
const DEEPEST = 64

/**
 * Reads a `<Policy>` or `<PolicySet>` of XACML 2.0 or 3.0 (and 1.x, which has the same elements). Everything wrong is reported;
 * what is missing is left out of the result.
 */
export function readPolicy(element: XmlElement, report: Report): PolicyNode {
  return new PolicyReader(new ElementReading(report)).node(element, 1)
}

class PolicyReader {
  readonly #reading: ElementReading

  constructor(reading: ElementReading) {
    this.#reading = reading
  }

  node(element: XmlElement, depth: number): PolicyNode {
    return element.name === 'PolicySet' ? this.#policySet(element, depth) : this.#policy(element)
  }

  #policy(element: XmlElement): Policy {
    const children = this.#reading.children(element, IN_POLICY)
    const named = (name: string) => children.filter((child) => child.name === name)
    return {
      kind: 'policy',
      ...this.#identified(element, 'PolicyId', 'RuleCombiningAlgId'),
      variables: named('VariableDefinition').flatMap((child) => this.#variable(child) ?? []),
      rules: named('Rule').map((child) => this.#rule(child)),
    }
  }

  #policySet(element: XmlElement, depth: number): PolicySet {
    const children = this.#reading.children(element, IN_SET)
    if (depth > DEEPEST)
      this.#reading.report('constraint-violated', placeOf(element), `policies nest deeper than ${DEEPEST}`)
    return {
      kind: 'policySet',
      ...this.#identified(element, 'PolicySetId', 'PolicyCombiningAlgId'),
      children: depth > DEEPEST ? [] : children.flatMap((child) => this.#child(child, depth) ?? []),
    }
  }

  #child(element: XmlElement, depth: number): PolicyNode | PolicyReference | undefined {
    if (element.name === 'Policy' || element.name === 'PolicySet') return this.node(element, depth + 1)
    if (element.name === 'PolicyIdReference' || element.name === 'PolicySetIdReference') return this.#reference(element)
    return undefined
  }

  #identified(element: XmlElement, id: string, combining: string) {
    const reading = this.#reading
    const description = firstElement(element, 'Description')
    return {
      id: reading.required(element, id),
      at: placeOf(element),
      language: isXacml3(element.namespace) ? ('3.0' as const) : ('2.0' as const),
      version: this.#version(element),
      description: description === undefined ? '' : textOf(description).trim(),
      target: readTarget(element, reading),
      combining: reading.named(element, combining),
      obligations: readObligations(element, reading),
      advice: readAdvice(element, reading),
      parameters: this.#parameters(element),
    }
  }

  #version(element: XmlElement): string {
    const version = this.#reading.attribute(element, 'Version') ?? '1.0'
    if (!/^[0-9]+(?:\.[0-9]+)*$/.test(version)) {
      const at = this.#reading.valuePlace(element, 'Version')
      this.#reading.report('attribute-invalid', at, `Version="${version}": expected numbers with dots, such as 1.0`)
    }
    return version
  }

  #reference(element: XmlElement): PolicyReference {
    const pattern = (name: string): string | undefined => {
      const value = this.#reading.attribute(element, name)
      if (value !== undefined && !/^(?:[0-9]+|\*)(?:\.(?:[0-9]+|\*))*(?:\.\+)?$|^\+$/.test(value))
        this.#reading.report(
          'attribute-invalid',
          this.#reading.valuePlace(element, name),
          `${name}="${value}": expected a version such as 1.2, 1.* or 1.+`,
        )
      return value
    }
    return {
      kind: 'reference',
      to: element.name === 'PolicyIdReference' ? 'policy' : 'policySet',
      id: textOf(element).trim(),
      version: pattern('Version'),
      earliest: pattern('EarliestVersion'),
      latest: pattern('LatestVersion'),
      at: placeOf(element),
    }
  }

  #rule(element: XmlElement): Rule {
    const reading = this.#reading
    const condition = reading.children(element, IN_RULE).find(({ name }) => name === 'Condition')
    return {
      id: reading.required(element, 'RuleId'),
      effect: reading.effect(element, 'Effect'),
      target: readTarget(element, reading),
      condition: condition === undefined ? undefined : this.#condition(condition),
      obligations: readObligations(element, reading),
      advice: readAdvice(element, reading),
      at: placeOf(element),
    }
  }

  #condition(element: XmlElement) {
    if (this.#reading.attribute(element, 'FunctionId') !== undefined) return readApply(element, this.#reading)
    const [inner] = this.#reading.children(element, EXPRESSIONS)
    if (elements(element).length !== 1)
      this.#reading.report('element-missing', placeOf(element), '<Condition> needs exactly one expression')
    return inner === undefined ? undefined : readExpression(inner, this.#reading)
  }

  #variable(element: XmlElement): VariableDefinition | undefined {
    const [inner] = this.#reading.children(element, EXPRESSIONS)
    const id = this.#reading.required(element, 'VariableId')
    const expression = inner === undefined ? undefined : readExpression(inner, this.#reading)
    if (inner === undefined)
      this.#reading.report('element-missing', placeOf(element), '<VariableDefinition> needs an expression')
    return expression === undefined ? undefined : { id, expression, at: placeOf(element) }
  }

  #parameters(element: XmlElement): CombinerParameter[] {
    return elements(element)
      .filter(({ name }) => name.endsWith('CombinerParameters'))
      .flatMap((list) => {
        const of = ['RuleIdRef', 'PolicyIdRef', 'PolicySetIdRef'].map((name) => this.#reading.attribute(list, name))
        return this.#reading.children(list, ['CombinerParameter']).flatMap((each) => {
          const value = firstElement(each, 'AttributeValue')
          const name = this.#reading.required(each, 'ParameterName')
          if (value === undefined)
            this.#reading.report('element-missing', placeOf(each), '<CombinerParameter> needs an <AttributeValue>')
          const owner = of.find((id) => id !== undefined)
          return value === undefined ? [] : [{ of: owner, name, value: this.#reading.value(value), at: placeOf(each) }]
        })
      })
  }
}
