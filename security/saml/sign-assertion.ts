import { createHash } from 'node:crypto'
import { append, canonicalXml, elements, insertAfter, type XmlElement, XmlText } from 'viaduct'
import type { KeyIdentity } from '../key-material.ts'
import { buildElement } from '../message/build-element.ts'
import { DSIG, DSIG_MORE, ENVELOPED_SIGNATURE, EXC_C14N, SAML_11 } from '../names.ts'
import { signatureOf } from '../signature/signature-algorithm.ts'

const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

const ds = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly (XmlElement | string | undefined)[]
): XmlElement => buildElement(DSIG, `ds:${name}`, attributes, ...content)

/**
 * Signs an assertion in place, with RSA or ECDSA and SHA-256 over its exclusive canonical form, the certificate inside
 * (SAML 2.0 core, section 5.4). The signature goes where the schema of the version wants it. Nothing may change afterwards.
 */
export function signAssertion(assertion: XmlElement, { key, chain }: KeyIdentity): void {
  const saml1 = assertion.namespace === SAML_11
  const id = assertion.attributes.find(({ name }) => name === (saml1 ? 'AssertionID' : 'ID'))?.value ?? ''
  const canonical = canonicalXml(assertion, { form: 'exclusive' })
  const kind = key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa'
  const signedInfo = ds(
    'SignedInfo',
    {},
    ds('CanonicalizationMethod', { Algorithm: EXC_C14N }),
    ds('SignatureMethod', { Algorithm: `${DSIG_MORE}${kind}-sha256` }),
    ds(
      'Reference',
      { URI: `#${id}` },
      ds(
        'Transforms',
        {},
        ds('Transform', { Algorithm: ENVELOPED_SIGNATURE }),
        ds('Transform', { Algorithm: EXC_C14N }),
      ),
      ds('DigestMethod', { Algorithm: SHA256 }),
      ds('DigestValue', {}, createHash('sha256').update(canonical).digest('base64')),
    ),
  )
  const value = ds('SignatureValue', {})
  const certificates = chain.map((certificate) => ds('X509Certificate', {}, certificate.raw.toString('base64')))
  const signature = ds('Signature', {}, signedInfo, value, ds('KeyInfo', {}, ds('X509Data', {}, ...certificates)))
  place(assertion, signature, saml1)
  const bytes = Buffer.from(canonicalXml(signedInfo, { form: 'exclusive' }))
  append(value, new XmlText(signatureOf({ kind, hash: 'sha256' }, key, bytes).toString('base64')))
}

/** Last in 1.1, behind the Issuer in 2.0. */
function place(assertion: XmlElement, signature: XmlElement, saml1: boolean): void {
  const issuer = saml1 ? undefined : elements(assertion)[0]
  if (issuer === undefined) append(assertion, signature)
  else insertAfter(signature, issuer)
}
