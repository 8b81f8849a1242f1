import type { SamlVersion } from './assertion.ts'

const PROFILE_10 = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0'
const PROFILE_11 = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1'

/** ValueTypes of the KeyIdentifier that names an assertion, for 1.1 and 2.0. */
export const SAML_ASSERTION_ID = `${PROFILE_10}#SAMLAssertionID`
export const SAML_ID = `${PROFILE_11}#SAMLID`

/** TokenType of each version (SAML token profile 1.1, section 3.3). */
export const samlTokenType = (version: SamlVersion): string => `${PROFILE_11}#SAMLV${version}`

export const samlReferenceType = (version: SamlVersion): string => (version === '1.1' ? SAML_ASSERTION_ID : SAML_ID)
