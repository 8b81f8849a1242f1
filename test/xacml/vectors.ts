import { dataType } from '../../entitlement/data-types/index.ts'
import { loadPolicies } from '../../entitlement/xacml.ts'
import type { Vector, VectorValue } from './cases.ts'

const XACML = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const bagFunction = (type: string): string => functionOf(type, 'bag')

/** The function of a data type, in the version in which it exists. */
function functionOf(type: string, name: string): string {
  const short = type.slice(type.search(/[^#:]*$/))
  const version = short.endsWith('Duration') ? '3.0' : /^(?:ipAddress|dnsName)$/.test(short) ? '2.0' : '1.0'
  return `urn:oasis:names:tc:xacml:${version}:function:${short}-${name}`
}

function expression(value: VectorValue): string {
  if ('function' in value) return `<Function FunctionId="${escape(value.function)}"/>`
  if ('bagOf' in value) {
    const inner = value.values.map((each) => expression({ type: value.bagOf, value: each }))
    return `<Apply FunctionId="${bagFunction(value.bagOf)}">${inner.join('')}</Apply>`
  }
  return `<AttributeValue DataType="${escape(value.type)}">${escape(value.value)}</AttributeValue>`
}

/** Why a function does not give what the vector says; undefined when it does. It is called by a policy, as policies call it. */
export async function checkVector({ function: id, args, result }: Vector): Promise<string | undefined> {
  const call = `<Apply FunctionId="${escape(id)}">${args.map(expression).join('')}</Apply>`
  const policy = `<Policy xmlns="${XACML}" PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit">
    <Target/><Rule RuleId="r" Effect="Permit"/>
    <ObligationExpressions><ObligationExpression ObligationId="o" FulfillOn="Permit">
      <AttributeAssignmentExpression AttributeId="result">${call}</AttributeAssignmentExpression>
    </ObligationExpression></ObligationExpressions></Policy>`
  const { point, diagnostics } = loadPolicies([{ file: 'vector.xml', text: policy }])
  const [answer] = await point.decide({ categories: [] })
  if (answer === undefined) return 'no answer'
  if (result === null) return answer.decision === 'Indeterminate' ? undefined : 'it has a value'
  if (answer.decision !== 'Permit') return diagnostics[0]?.message ?? answer.status.message ?? answer.decision
  const values = answer.obligations[0]?.assignments.map(({ value }) => value) ?? []
  const [type, texts] =
    'bagOf' in result ? [result.bagOf, result.values] : 'type' in result ? [result.type, [result.value]] : ['', []]
  const got = values.map(({ text }) => text)
  if (values.every((value) => value.type === type) && isSame(type, got, texts)) return undefined
  return `it gives ${got.join(', ')} instead of ${texts.join(', ')}`
}

/** Bags have no order, and a value many forms. */
function isSame(type: string, got: readonly string[], wanted: readonly string[]): boolean {
  const keys = (texts: readonly string[]): string[] => {
    const known = dataType(type)
    return texts.map((text) => (known === undefined ? text : String(known.key(known.parse(text))))).toSorted()
  }
  return keys(got).join('\n') === keys(wanted).join('\n')
}
