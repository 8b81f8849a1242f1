import { type Diagnostic, formatDiagnostic, parseConfiguration, DIAGNOSTICS, type XmlElement } from 'viaduct'
import type { PolicyReading } from '../policy/normalize.ts'
import type { SecurityPolicy } from '../policy/policy-model.ts'
import { readPolicies } from '../policy/read-policy.ts'

const SP = {
  '1.1': 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
  '1.2': 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
} as const

const NAMESPACES = {
  wsp: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  wsp15: 'http://www.w3.org/ns/ws-policy',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  sp13: 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802',
  cxf: 'http://cxf.apache.org/custom/security-policy',
  rampart: 'http://ws.apache.org/rampart/policy',
  sec: 'http://www.wso2.org/products/carbon/security',
  throttle: 'http://www.wso2.org/products/wso2commons/throttle',
  mtom: 'http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization',
  foreign: 'urn:nobody',
} as const

/** A policy with these assertions; its first line is the start tag, so that assertions start on line 2. */
export function policyText(assertions: string, version: '1.1' | '1.2' = '1.2', id = 'P'): string {
  const declared = Object.entries(NAMESPACES).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  return `<wsp:Policy wsu:Id="${id}" xmlns:sp="${SP[version]}" ${declared.join(' ')}>\n${assertions}\n</wsp:Policy>`
}

export const nested = (inside: string): string => `<wsp:Policy>${inside}</wsp:Policy>`

export const suite = (name = 'sp:Basic256Sha256'): string =>
  `<sp:AlgorithmSuite>${nested(`<${name}/>`)}</sp:AlgorithmSuite>`

const include = (version: '1.1' | '1.2', word: string): string =>
  `sp:IncludeToken="${SP[version]}/IncludeToken/${word}"`

export interface BindingText {
  readonly version?: '1.1' | '1.2'
  readonly suite?: string
  /** What else the binding says. */
  readonly options?: string
}

const x509 = (version: '1.1' | '1.2', word: string): string =>
  `<sp:X509Token ${include(version, word)}>${nested('<sp:RequireThumbprintReference/><sp:WssX509V3Token10/>')}</sp:X509Token>`

/** The asymmetric binding of WSO2's scenarios. */
export const asymmetric = ({
  version = '1.2',
  suite: name,
  options = '<sp:IncludeTimestamp/>',
}: BindingText = {}): string =>
  `<sp:AsymmetricBinding>${nested(`<sp:InitiatorToken>${nested(x509(version, 'AlwaysToRecipient'))}</sp:InitiatorToken>
<sp:RecipientToken>${nested(x509(version, 'Never'))}</sp:RecipientToken>${suite(name)}${options}`)}</sp:AsymmetricBinding>`

/** The symmetric binding of WSO2's scenarios, whose client needs no certificate. */
export const symmetric = ({
  version = '1.2',
  suite: name,
  options = '<sp:IncludeTimestamp/>',
}: BindingText = {}): string =>
  `<sp:SymmetricBinding>${nested(`<sp:ProtectionToken>${nested(x509(version, 'Never'))}</sp:ProtectionToken>${suite(name)}${options}`)}</sp:SymmetricBinding>`

export const transport = (
  { suite: name, options = '<sp:IncludeTimestamp/>' }: BindingText = {},
  https = '<sp:HttpsToken/>',
): string =>
  `<sp:TransportBinding>${nested(`<sp:TransportToken>${nested(https)}</sp:TransportToken>${suite(name)}${options}`)}</sp:TransportBinding>`

export const usernameToken = (inside = '', kind = 'SignedSupportingTokens'): string =>
  `<sp:${kind}>${nested(`<sp:UsernameToken ${include('1.2', 'AlwaysToRecipient')}>${inside === '' ? '' : nested(inside)}</sp:UsernameToken>`)}</sp:${kind}>`

/** Parses a policy with places; lines count from its start tag. */
export const policyElement = (text: string, file = 'p.xml'): XmlElement => parseConfiguration(text, file).root

export interface ReadText {
  readonly alternatives: readonly SecurityPolicy[]
  readonly diagnostics: readonly string[]
}

/** Reads policies that hold together, with the diagnostics as `viaduct check` prints them. */
export function readTexts(texts: readonly string[], find: PolicyReading['find'] = () => undefined): ReadText {
  const found: Diagnostic[] = []
  const alternatives = readPolicies(
    texts.map((text) => policyElement(text)),
    {
      find,
      fail: (code, message, at) => found.push({ code, severity: DIAGNOSTICS[code].severity, message, at }),
    },
  )
  return { alternatives, diagnostics: found.map(formatDiagnostic) }
}

/** Reads one policy that has these assertions. */
export const readAssertions = (assertions: string, version: '1.1' | '1.2' = '1.2'): ReadText =>
  readTexts([policyText(assertions, version)])
