import { createHash } from 'node:crypto'
import { textOf } from 'viaduct'
import { contextOf } from '../conversation/index.ts'
import type { HeldSecret, SecretReference } from '../protect-state.ts'
import type { SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'

const SMS1 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0'
const SMS11 = 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1'
const KERBEROS = 'http://docs.oasis-open.org/wss/oasis-wss-kerberos-token-profile-1.1'
const SAML_PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1'
const BASE64 = `${SMS1}#Base64Binary`

/** The secret that a request was protected with, as its answer names it; undefined when there was none. */
export function heldSecret(results: SecurityResults, main: VerifiedSignature | undefined): HeldSecret | undefined {
  const token = originOf(main?.token ?? results.decryptions[0]?.token)
  if (token?.secret === undefined) return undefined
  const reference = referenceTo(token)
  return reference && { secret: token.secret, reference }
}

/** The token that a key was derived from. */
function originOf(token: SecurityToken | undefined): SecurityToken | undefined {
  let at = token
  while (at?.kind === 'derived-key' && at.source !== undefined) at = at.source
  return at
}

function referenceTo(token: SecurityToken): SecretReference | undefined {
  switch (token.kind) {
    case 'encrypted-key':
      return identified(`${SMS11}#EncryptedKeySHA1`, String(token.detail), `${SMS11}#EncryptedKey`)
    case 'security-context': {
      const context = contextOf(token)
      return context && { form: 'reference', value: context.identifier, valueType: token.valueType }
    }
    case 'kerberos': {
      const ticket = token.element === undefined ? undefined : Buffer.from(textOf(token.element), 'base64')
      const sha1 = ticket && createHash('sha1').update(ticket).digest('base64')
      return sha1 === undefined ? undefined : identified(`${KERBEROS}#Kerberosv5APREQSHA1`, sha1, token.valueType)
    }
    case 'saml': {
      const id = token.element?.attributes.find(({ name }) => name === 'ID' || name === 'AssertionID')
      if (id === undefined) return undefined
      const old = id.name === 'AssertionID'
      const profile = old
        ? 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID'
        : `${SAML_PROFILE}#SAMLID`
      return {
        form: 'key-identifier',
        value: id.value,
        valueType: profile,
        tokenType: `${SAML_PROFILE}#${old ? 'SAMLV1.1' : 'SAMLV2.0'}`,
      }
    }
    case 'x509':
    case 'username':
    case 'derived-key':
    case 'key-value':
      return undefined
  }
}

const identified = (valueType: string, value: string, tokenType: string | undefined): SecretReference => ({
  form: 'key-identifier',
  value,
  valueType,
  tokenType,
  encodingType: BASE64,
})
