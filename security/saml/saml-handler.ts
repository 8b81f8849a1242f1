import type { XmlElement } from 'viaduct'
import { SAML_11, SAML_20 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import type { TokenContext, TokenHandler } from '../token-handler.ts'
import type { SamlAssertion } from './assertion.ts'
import { confirmSubject, type SamlDetail } from './confirm-subject.ts'
import { SAML_ASSERTION_ID, SAML_ID, samlTokenType } from './saml-names.ts'
import type { SamlRules } from './saml-rules.ts'
import { readAssertion } from './read-assertion.ts'
import { validateAssertion } from './validate-assertion.ts'

/**
 * Reads SAML assertions of versions 1.1 and 2.0 (SAML token profile 1.1): the enveloped signature of a trusted issuer, times,
 * audience and single use when a token is met, the confirmation of the subject when the message is verified.
 */
export function createSamlHandler(rules: SamlRules): TokenHandler {
  return {
    elements: [
      { namespace: SAML_11, name: 'Assertion' },
      { namespace: SAML_20, name: 'Assertion' },
      { namespace: SAML_20, name: 'EncryptedAssertion' },
    ],
    binaryTypes: [],
    referenceTypes: [SAML_ASSERTION_ID, SAML_ID],
    read: (element, context) => readToken(element, rules, context),
    find(_, value, { tokens, secrets }) {
      const present = tokens.find((token) => samlDetail(token)?.assertion.id === value)
      if (present !== undefined) return present
      // The answer to a request of ours names the assertion that we sent.
      const own = secrets.find('saml', value)
      return own && { kind: 'saml', element: undefined, secret: own.secret, principal: own.principal }
    },
    confirm(token, results, { now, skew }) {
      const detail = samlDetail(token)
      if (detail === undefined || (rules.unconfirmed === true && detail.signer !== undefined)) return
      confirmSubject(token, detail, results, rules, { now, skew })
    },
  }
}

/** What an assertion said and how its subject was confirmed; undefined for a token of another kind. */
export function samlDetail(token: SecurityToken): SamlDetail | undefined {
  return token.kind === 'saml' ? (token.detail as SamlDetail | undefined) : undefined
}

function readToken(element: XmlElement, rules: SamlRules, context: TokenContext): SecurityToken {
  // An encrypted assertion stays known by the element around it, where the message has it.
  const assertion = readAssertion(element.name === 'EncryptedAssertion' ? context.reveal(element) : element)
  const signer = verifiedSigner(assertion, rules, context)
  validateAssertion(assertion, rules, context)
  const detail: SamlDetail = { assertion, signer, confirmedBy: undefined }
  return {
    kind: 'saml',
    element,
    valueType: samlTokenType(assertion.version),
    principal: assertion.subject.name,
    detail,
    // A key that nobody vouches for is no key: without a signature it could be anybody's.
    ...(signer === undefined ? {} : subjectKey(assertion, context)),
  }
}

function verifiedSigner(assertion: SamlAssertion, rules: SamlRules, context: TokenContext): SecurityToken | undefined {
  const { signature, element, issuer, version } = assertion
  // Without a signature only sender-vouches can confirm it, where the message's own signature covers it.
  if (signature === undefined) return undefined
  const signer = context.verifyEnveloped(element, signature, version === '1.1' ? 'AssertionID' : 'ID')
  const [certificate] = signer.certificates ?? []
  if (certificate === undefined)
    throw new SecurityFailure('token-invalid', 'SAML assertion: it is not signed with a certificate')
  if (!rules.allowsIssuer(issuer, certificate)) {
    throw new SecurityFailure(
      'subject-refused',
      `SAML assertion: ${certificate.subject.replaceAll('\n', ',')} may not issue as ${issuer}`,
    )
  }
  return signer
}

/** The key that a holder-of-key confirmation names. Two different ones would leave open which is meant. */
function subjectKey(
  { subject }: SamlAssertion,
  context: TokenContext,
): Pick<SecurityToken, 'certificates' | 'secret' | 'publicKey'> {
  const keyInfos = subject.confirmations.flatMap(({ method, keyInfo }) =>
    method === 'holder-of-key' && keyInfo !== undefined ? [keyInfo] : [],
  )
  const [keyInfo] = keyInfos
  if (keyInfo === undefined) return {}
  if (keyInfos.length > 1) throw new SecurityFailure('token-invalid', 'SAML assertion: it names more than one key')
  const { secret, certificates, publicKey } = context.keyIn(keyInfo) as Partial<SecurityToken>
  return secret === undefined ? { certificates, publicKey } : { secret }
}
