/** WS-Policy 1.2 (2004) and 1.5. */
export const POLICY_12 = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
export const POLICY_15 = 'http://www.w3.org/ns/ws-policy'

/** WS-SecurityPolicy 1.1, 1.2, and what 1.3 adds. */
export const SECURITY_POLICY_11 = 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy'
export const SECURITY_POLICY_12 = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'
export const SECURITY_POLICY_13 = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802'

/** Algorithm suites with GCM that Apache CXF adds. */
export const CXF_POLICY = 'http://cxf.apache.org/custom/security-policy'

export const RAMPART_POLICY = 'http://ws.apache.org/rampart/policy'
export const CARBON_SECURITY = 'http://www.wso2.org/products/carbon/security'

export const MTOM_POLICY_11 = 'http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization'
export const MTOM_POLICY_12 = 'http://www.w3.org/2007/08/soap12-mtom-policy'

export const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

export const isPolicyNamespace = (namespace: string): boolean => namespace === POLICY_12 || namespace === POLICY_15

/** Whether assertions of the namespace are about security. */
export const isSecurityPolicy = (namespace: string): boolean =>
  namespace === SECURITY_POLICY_11 || namespace === SECURITY_POLICY_12 || namespace === SECURITY_POLICY_13

export const isMtomPolicy = (namespace: string): boolean => namespace === MTOM_POLICY_11 || namespace === MTOM_POLICY_12

/** Assertions about addressing, which is always understood. */
const ADDRESSING: readonly string[] = [
  'http://schemas.xmlsoap.org/ws/2004/09/policy/addressing',
  'http://www.w3.org/2005/05/addressing/wsdl',
  'http://www.w3.org/2006/05/addressing/wsdl',
  'http://www.w3.org/2007/02/addressing/metadata',
  'http://www.w3.org/2007/05/addressing/metadata',
]

/** What policies ask of other layers, with what does it here instead. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['http://www.wso2.org/products/wso2commons/throttle', 'use the throttle mediator'],
  ['http://www.wso2.org/ns/2007/06/commons/caching', 'use the cache mediator'],
  ['http://www.wso2.org/products/caching', 'use the cache mediator'],
  ['http://schemas.xmlsoap.org/ws/2005/02/rm/policy', 'WS-ReliableMessaging is not spoken'],
  ['http://docs.oasis-open.org/ws-rx/wsrmp/200702', 'WS-ReliableMessaging is not spoken'],
  ['http://ws.apache.org/sandesha2/policy', 'WS-ReliableMessaging is not spoken'],
])

/** Whether assertions of the namespace ask for nothing that is not so anyway. */
export const isAddressing = (namespace: string): boolean => ADDRESSING.includes(namespace)

/** What to use instead of an assertion that no policy is honoured for; undefined: the namespace is not known. */
export const insteadOf = (namespace: string): string | undefined => ELSEWHERE.get(namespace)
