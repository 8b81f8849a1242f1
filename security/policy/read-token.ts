import { elements, firstElement, spanOf, textOf, type XmlElement } from 'viaduct'
import { RAMPART_POLICY } from './names.ts'
import type { Assertion } from './normalize.ts'
import type { Inclusion, PolicyToken, ReferenceKind, SecurityPolicy } from './policy-model.ts'
import type { RampartConfig } from './rampart-config.ts'
import { assertionAttribute, nestedAssertion, optionsOf, type PolicyReports } from './reader.ts'

/** What reading a token needs of the rest of the policy. */
export interface TokenReading {
  readonly reports: PolicyReports
  readonly policyIn: (assertion: Assertion) => readonly SecurityPolicy[]
  readonly configOf: (assertion: Assertion) => RampartConfig | undefined
}

const DERIVED = ['RequireDerivedKeys', 'RequireExplicitDerivedKeys', 'RequireImpliedDerivedKeys']
const X509_PROFILES = ['V3', 'V1', 'Pkcs7', 'PkiPathV1'].flatMap((form) => [
  `WssX509${form}Token10`,
  `WssX509${form}Token11`,
])
const REFERENCES = [
  'RequireKeyIdentifierReference',
  'RequireIssuerSerialReference',
  'RequireEmbeddedTokenReference',
  'RequireThumbprintReference',
]
const OUTER_REFERENCES = ['RequireExternalReference', 'RequireInternalReference', 'RequireExternalUriReference']
const CONTEXTS = ['SC10SecurityContextToken', 'SC13SecurityContextToken']
const MUST_NOT = ['MustNotSendCancel', 'MustNotSendAmend', 'MustNotSendRenew']

/** What each token may say in its nested policy. */
const OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'UsernameToken',
    [...DERIVED, 'NoPassword', 'HashPassword', 'Created', 'Nonce', 'WssUsernameToken10', 'WssUsernameToken11'],
  ],
  ['X509Token', [...DERIVED, ...REFERENCES, ...X509_PROFILES]],
  ['IssuedToken', [...DERIVED, ...OUTER_REFERENCES]],
  ['SecureConversationToken', [...DERIVED, ...OUTER_REFERENCES, ...CONTEXTS, ...MUST_NOT, 'BootstrapPolicy']],
  ['SecurityContextToken', [...DERIVED, ...OUTER_REFERENCES, ...CONTEXTS]],
  [
    'KerberosToken',
    [...DERIVED, 'RequireKeyIdentifierReference', 'WssKerberosV5ApReqToken11', 'WssGssKerberosV5ApReqToken11'],
  ],
  [
    'SamlToken',
    [
      ...DERIVED,
      'RequireKeyIdentifierReference',
      'WssSamlV10Token10',
      'WssSamlV11Token10',
      'WssSamlV10Token11',
      'WssSamlV11Token11',
      'WssSamlV20Token11',
    ],
  ],
  ['KeyValueToken', ['RsaKeyValue']],
  ['HttpsToken', ['RequireClientCertificate', 'HttpBasicAuthentication', 'HttpDigestAuthentication']],
])

/** Tokens that WS-SecurityPolicy knows and this bus does not. */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['RelToken', 'licences (REL) are not read; use a SAML token'],
  ['SpnegoContextToken', 'SPNEGO is not spoken; use a Kerberos token'],
])

export const TOKEN_NAMES: readonly string[] = [...OPTIONS.keys()]

/** Whether an assertion asks for a token. */
export const isToken = ({ name }: Pick<Assertion, 'name'>): boolean => OPTIONS.has(name) || UNSUPPORTED.has(name)

/** The token that an assertion asks for; undefined when this bus does not know it, which is reported. */
export function readToken(assertion: Assertion, reading: TokenReading): PolicyToken | undefined {
  const { name, element } = assertion
  const { reports } = reading
  const known = OPTIONS.get(name)
  if (known === undefined) {
    const why = UNSUPPORTED.get(name)
    if (why === undefined) reports.unknown(assertion, 'a place for tokens', TOKEN_NAMES)
    else reports.at(assertion, 'element-unsupported', `<${name}>: ${why}`)
    return undefined
  }
  const options = optionsOf(assertion, known, reports)
  const core = {
    inclusion: inclusionOf(assertion, reports),
    derived: derivedOf(options),
    reference: referenceOf(options),
    profiles: [...options].filter((option) => option.startsWith('Wss')),
    at: spanOf(element),
  }
  switch (name) {
    case 'UsernameToken':
      return {
        ...core,
        kind: 'username',
        password: options.has('NoPassword') ? 'none' : options.has('HashPassword') ? 'digest' : 'any',
        created: options.has('Created'),
        nonce: options.has('Nonce'),
      }
    case 'X509Token':
      return { ...core, kind: 'x509', form: formOf(options), config: reading.configOf(assertion) }
    case 'IssuedToken':
      return { ...core, kind: 'issued', ...issuedFrom(element) }
    case 'SecureConversationToken':
    case 'SecurityContextToken':
      return {
        ...core,
        kind: name === 'SecurityContextToken' ? 'security-context' : 'secure-conversation',
        bootstrap: bootstrapOf(assertion, reading),
        sendsCancel: !options.has('MustNotSendCancel'),
        sendsRenew: !options.has('MustNotSendRenew'),
      }
    case 'KerberosToken':
      return { ...core, kind: 'kerberos', gss: options.has('WssGssKerberosV5ApReqToken11') }
    case 'SamlToken':
      return { ...core, kind: 'saml' }
    case 'KeyValueToken':
      return { ...core, kind: 'key-value' }
    default:
      return { ...core, kind: 'https', ...httpsOptions(assertion, options) }
  }
}

const INCLUSIONS: ReadonlyMap<string, Inclusion> = new Map([
  ['Never', 'never'],
  ['Once', 'once'],
  ['AlwaysToRecipient', 'always-to-recipient'],
  ['AlwaysToInitiator', 'always-to-initiator'],
  ['Always', 'always'],
])

function inclusionOf(assertion: Assertion, reports: PolicyReports): Inclusion {
  const written = assertionAttribute(assertion, 'IncludeToken')?.trim()
  if (written === undefined) return 'always'
  const inclusion = INCLUSIONS.get(written.slice(written.lastIndexOf('/') + 1))
  if (inclusion === undefined)
    reports.at(
      assertion,
      'attribute-invalid',
      `IncludeToken="${written}" is none of Never, Once, AlwaysToRecipient, AlwaysToInitiator, Always`,
    )
  return inclusion ?? 'always'
}

const derivedOf = (options: ReadonlySet<string>): PolicyToken['derived'] =>
  options.has('RequireExplicitDerivedKeys')
    ? 'explicit'
    : options.has('RequireImpliedDerivedKeys')
      ? 'implied'
      : options.has('RequireDerivedKeys')
        ? 'any'
        : 'none'

/** In the order in which Rampart tries them. */
function referenceOf(options: ReadonlySet<string>): ReferenceKind {
  if (options.has('RequireIssuerSerialReference')) return 'issuer-serial'
  if (options.has('RequireKeyIdentifierReference')) return 'key-identifier'
  if (options.has('RequireThumbprintReference')) return 'thumbprint'
  if (options.has('RequireEmbeddedTokenReference')) return 'embedded'
  if (options.has('RequireInternalReference')) return 'internal'
  return options.has('RequireExternalReference') || options.has('RequireExternalUriReference') ? 'external' : undefined
}

function formOf(options: ReadonlySet<string>): 'certificate' | 'pkcs7' | 'pkipath' {
  const names = [...options].join(' ')
  return names.includes('PkiPath') ? 'pkipath' : names.includes('Pkcs7') ? 'pkcs7' : 'certificate'
}

const bootstrapOf = (assertion: Assertion, { policyIn }: TokenReading): readonly SecurityPolicy[] | undefined => {
  const bootstrap = nestedAssertion(assertion, 'BootstrapPolicy')
  return bootstrap && policyIn(bootstrap)
}

/** 1.1 writes an attribute where 1.2 nests assertions. */
function httpsOptions(assertion: Assertion, options: ReadonlySet<string>) {
  const attribute = assertionAttribute(assertion, 'RequireClientCertificate')
  return {
    clientCertificate: options.has('RequireClientCertificate') || attribute === 'true' || attribute === '1',
    authentication: options.has('HttpBasicAuthentication')
      ? ('basic' as const)
      : options.has('HttpDigestAuthentication')
        ? ('digest' as const)
        : undefined,
  }
}

function issuedFrom(element: XmlElement) {
  const template = firstElement(element, 'RequestSecurityTokenTemplate', element.namespace)
  const issuer = firstElement(element, 'Issuer', element.namespace)
  const address = issuer && firstElement(issuer, 'Address')
  const said = (name: string): string | undefined => {
    const found = template && elements(template).find((each) => each.name === name)
    return found && textOf(found).trim()
  }
  const size = Number(said('KeySize'))
  return {
    issuer: address && textOf(address).trim(),
    tokenType: said('TokenType'),
    keyType: keyTypeOf(said('KeyType')),
    keySize: Number.isInteger(size) && size > 0 && size <= 4096 ? size : undefined,
    template,
  }
}

function keyTypeOf(uri: string | undefined): 'symmetric' | 'public' | 'bearer' | undefined {
  if (uri === undefined) return undefined
  if (uri.endsWith('/SymmetricKey')) return 'symmetric'
  if (uri.endsWith('/PublicKey')) return 'public'
  return uri.endsWith('/Bearer') || uri.endsWith('/NoProofKey') ? 'bearer' : undefined
}

/** The RampartConfig inside a token's nested policy. */
export const configIn = ({ nested = [] }: Assertion): Assertion | undefined =>
  nested.find(({ name, namespace }) => name === 'RampartConfig' && namespace === RAMPART_POLICY)
