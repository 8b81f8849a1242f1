import { type DecisionAttribute, type DecisionCategory, type DecisionRequest, printXml } from 'viaduct'
import type { Json } from './json-object.ts'
import { writeValue } from './value.ts'

/** A request of the JSON profile. */
export function writeJsonRequest({ categories, returnPolicyIds, combined, references }: DecisionRequest): string {
  return JSON.stringify({
    Request: {
      ...(returnPolicyIds === true && { ReturnPolicyIdList: true }),
      ...(combined === true && { CombinedDecision: true }),
      Category: categories.map(writeJsonCategory),
      ...(references !== undefined && {
        MultiRequests: { RequestReference: references.map((ids) => ({ ReferenceId: ids })) },
      }),
    },
  })
}

/** A category in a request or a result. */
export function writeJsonCategory({ category, id, content, attributes }: DecisionCategory): Json {
  return {
    CategoryId: category,
    ...(id !== undefined && { Id: id }),
    ...(content !== undefined && { Content: printXml(content) }),
    Attribute: attributes.flatMap(writeAttribute),
  }
}

/** One for each data type: the values of an attribute in JSON have only one. */
function writeAttribute({ id, issuer, includeInResult, values }: DecisionAttribute): Json[] {
  return [...new Set(values.map(({ type }) => type))].map((type) => {
    const texts = values.filter((value) => value.type === type).map(writeValue)
    return {
      AttributeId: id,
      ...(issuer !== undefined && { Issuer: issuer }),
      ...(includeInResult === true && { IncludeInResult: true }),
      DataType: type,
      Value: texts.length === 1 ? (texts[0] ?? '') : texts,
    }
  })
}
