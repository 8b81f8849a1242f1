import { elements, type XmlElement } from 'viaduct'
import type { KeyIdentity } from '../key-material.ts'
import { SAML_11 } from '../names.ts'
import { signEnveloped } from '../signature/sign-enveloped.ts'

/**
 * Signs an assertion in place with SHA-256 (SAML 2.0 core, section 5.4). The signature goes where the schema of the version wants
 * it: last in 1.1, behind the Issuer in 2.0. Nothing may change afterwards.
 */
export function signAssertion(assertion: XmlElement, identity: KeyIdentity): void {
  const saml1 = assertion.namespace === SAML_11
  const id = assertion.attributes.find(({ name }) => name === (saml1 ? 'AssertionID' : 'ID'))?.value ?? ''
  const after = saml1 ? undefined : elements(assertion)[0]
  signEnveloped(assertion, identity, { uri: `#${id}`, hash: 'sha256', after })
}
