import { createHash } from 'node:crypto'
import { append, canonicalXml, insertAfter, type XmlElement, XmlText } from 'viaduct'
import type { KeyIdentity } from '../key-material.ts'
import { buildElement } from '../message/build-element.ts'
import { DSIG, DSIG_MORE, ENVELOPED_SIGNATURE, EXC_C14N } from '../names.ts'
import { signatureOf } from './signature-algorithm.ts'

const DIGESTS = { sha1: `${DSIG}sha1`, sha256: 'http://www.w3.org/2001/04/xmlenc#sha256' } as const

export interface EnvelopedSigning {
  /** `#id` of the element, or '' for the whole document. */
  readonly uri: string
  readonly hash: 'sha1' | 'sha256'
  /** The child that the signature stands behind; undefined: it is the last. */
  readonly after: XmlElement | undefined
}

const ds = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly (XmlElement | string | undefined)[]
): XmlElement => buildElement(DSIG, `ds:${name}`, attributes, ...content)

/**
 * Signs an element in place, with RSA or ECDSA over its exclusive canonical form, the certificates inside (XML Signature 1.1
 * section 6.6.4). Nothing in it may change afterwards.
 */
export function signEnveloped(
  element: XmlElement,
  { key, chain }: KeyIdentity,
  { uri, hash, after }: EnvelopedSigning,
): void {
  const canonical = canonicalXml(element, { form: 'exclusive' })
  const kind = key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa'
  const family = kind === 'rsa' && hash === 'sha1' ? DSIG : DSIG_MORE
  const signedInfo = ds(
    'SignedInfo',
    {},
    ds('CanonicalizationMethod', { Algorithm: EXC_C14N }),
    ds('SignatureMethod', { Algorithm: `${family}${kind}-${hash}` }),
    ds(
      'Reference',
      { URI: uri },
      ds(
        'Transforms',
        {},
        ds('Transform', { Algorithm: ENVELOPED_SIGNATURE }),
        ds('Transform', { Algorithm: EXC_C14N }),
      ),
      ds('DigestMethod', { Algorithm: DIGESTS[hash] }),
      ds('DigestValue', {}, createHash(hash).update(canonical).digest('base64')),
    ),
  )
  const value = ds('SignatureValue', {})
  const certificates = chain.map((certificate) => ds('X509Certificate', {}, certificate.raw.toString('base64')))
  const signature = ds('Signature', {}, signedInfo, value, ds('KeyInfo', {}, ds('X509Data', {}, ...certificates)))
  if (after === undefined) append(element, signature)
  else insertAfter(signature, after)
  const bytes = Buffer.from(canonicalXml(signedInfo, { form: 'exclusive' }))
  append(value, new XmlText(signatureOf({ kind, hash }, key, bytes).toString('base64')))
}
