import { type PolicyAttachment, type ServiceSecurity, type Site, type Span, spanOf, type XmlElement } from 'viaduct'

import type { Description } from '../wsdl/description.ts'

/** What a proxy says about its security (language reference 3.5). */
interface SecurityConfig {
  readonly name: string
  readonly policy: readonly {
    readonly key: string
    readonly type: 'in' | 'out' | undefined
    readonly operationName: string | undefined
    readonly node: XmlElement
  }[]
  readonly enableSec: { readonly policy: string | undefined; readonly node: XmlElement } | undefined
  readonly parameter: readonly { readonly name: string; readonly node: XmlElement }[]
  readonly node: XmlElement
}

/** The security of a proxy: its policies and those of its WSDL. Undefined when nothing asks for any. */
export function proxySecurity(
  config: SecurityConfig,
  parameters: ReadonlyMap<string, string>,
  description: Pick<Description, 'policies' | 'binaryElements'> | undefined,
  site: Site,
): ServiceSecurity | undefined {
  const { name, policy, enableSec, node } = config
  const engaged = /\brampart\b/.test(parameters.get('engagedModules') ?? '')
  const enforced = enableSec !== undefined || engaged
  const policies = attachments(config, enforced ? (description?.policies ?? []) : [])
  const allowRoles = rolesIn(parameters.get('allowRoles'))
  const at = spanOf(enableSec?.node ?? policy[0]?.node ?? node)
  if (!hasGrounds({ enforced, policies, allowRoles }, at, site) || policies.length === 0) return undefined
  const security = site.linker.facility('security')
  if (security === undefined) site.fail('element-unsupported', 'there is no WS-Security here that could enforce it', at)
  return security?.service({
    service: name,
    path: parameters.get('ServiceURI'),
    policies,
    enforced,
    allowRoles,
    binaryElements: description?.binaryElements,
    tokenIssuer: issuerIn(config),
    at,
  })
}

function attachments(
  { policy, enableSec }: SecurityConfig,
  described: readonly PolicyAttachment[],
): PolicyAttachment[] {
  const attached: PolicyAttachment[] = policy.map(({ key, type, operationName, node }) => ({
    policy: key,
    direction: type,
    operation: operationName,
    at: spanOf(node),
  }))
  if (enableSec?.policy !== undefined) attached.push({ policy: enableSec.policy, at: spanOf(enableSec.node) })
  return [...attached, ...described]
}

/** Whoever asks for security without a policy, or for roles without security, would get less than it seems. */
function hasGrounds(
  asked: {
    readonly enforced: boolean
    readonly policies: readonly PolicyAttachment[]
    readonly allowRoles: readonly string[] | undefined
  },
  at: Span,
  { fail }: Site,
): boolean {
  if (asked.enforced && asked.policies.length === 0) {
    fail('constraint-violated', '<enableSec/> needs a <policy>, here or in the WSDL: nothing would be enforced', at)
    return false
  }
  if (asked.allowRoles !== undefined && !asked.enforced) {
    fail('constraint-violated', 'allowRoles needs <enableSec/> and a policy that tells who the caller is', at)
    return false
  }
  return true
}

/** What makes the service a token service. */
const issuerIn = ({ parameter }: SecurityConfig): XmlElement | undefined =>
  parameter.find(({ name }) => name === 'saml-issuer-config')?.node

/** Roles separated by commas. */
const rolesIn = (text: string | undefined): readonly string[] | undefined =>
  text
    ?.split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '')
