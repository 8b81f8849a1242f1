import type { DecisionRequest } from 'viaduct'
import { XACML_3 } from '../policy/namespaces.ts'
import { writeCategory, xmlAttribute } from './write-attributes.ts'

/** A `<Request>` of XACML 3.0. */
export function writeRequest({
  categories,
  returnPolicyIds = false,
  combined = false,
  references,
}: DecisionRequest): string {
  const multiple = references?.map(
    (ids) =>
      `<RequestReference>${ids.map((id) => `<AttributesReference${xmlAttribute('ReferenceId', id)}/>`).join('')}</RequestReference>`,
  )
  return (
    `<Request xmlns="${XACML_3}" ReturnPolicyIdList="${returnPolicyIds}" CombinedDecision="${combined}">` +
    categories.map(writeCategory).join('') +
    (multiple === undefined ? '' : `<MultiRequests>${multiple.join('')}</MultiRequests>`) +
    '</Request>'
  )
}
