import type { XmlElement } from 'viaduct'
import { SAML_11, SAML_20 } from '../names.ts'
import type { SamlAssertion } from './assertion.ts'
import { malformed } from './assertion-reader.ts'
import { readSaml1 } from './read-saml1.ts'
import { readSaml2 } from './read-saml2.ts'

/** Reads an assertion of either version. What it says is not validated. Throws a SecurityFailure. */
export function readAssertion(element: XmlElement): SamlAssertion {
  if (element.name === 'Assertion' && element.namespace === SAML_11) return readSaml1(element)
  if (element.name === 'Assertion' && element.namespace === SAML_20) return readSaml2(element)
  return malformed(`{${element.namespace}}${element.name} is none`)
}
