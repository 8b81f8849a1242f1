import { constants, createHash, type KeyObject, publicEncrypt, type X509Certificate } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { buildElement } from '../message/build-element.ts'
import { BASE64_ENCODING, DSIG, THUMBPRINT_SHA1, WSSE, XENC } from '../names.ts'

const OAEP = `${XENC}rsa-oaep-mgf1p`

const ds = (name: string, ...content: readonly (XmlElement | string)[]): XmlElement =>
  buildElement(DSIG, `ds:${name}`, {}, ...content)

/** ds:KeyInfo for a subject that holds the key of a certificate. */
export const certificateKeyInfo = (certificate: X509Certificate): XmlElement =>
  ds('KeyInfo', ds('X509Data', ds('X509Certificate', certificate.raw.toString('base64'))))

/** ds:KeyInfo for a subject that holds an RSA key without a certificate. */
export function publicKeyInfo(key: KeyObject): XmlElement {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const base64 = (text: string): string => Buffer.from(text, 'base64url').toString('base64')
  return ds('KeyInfo', ds('KeyValue', ds('RSAKeyValue', ds('Modulus', base64(n)), ds('Exponent', base64(e)))))
}

/** ds:KeyInfo for a subject that holds a secret, which only the service that the assertion is for can read. */
export function secretKeyInfo(secret: Buffer, recipient: X509Certificate): XmlElement {
  const cipher = publicEncrypt(
    { key: recipient.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    secret,
  )
  const thumbprint = createHash('sha1').update(recipient.raw).digest('base64')
  const reference = buildElement(
    WSSE,
    'wsse:SecurityTokenReference',
    {},
    buildElement(WSSE, 'wsse:KeyIdentifier', { EncodingType: BASE64_ENCODING, ValueType: THUMBPRINT_SHA1 }, thumbprint),
  )
  const encryptedKey = buildElement(
    XENC,
    'xenc:EncryptedKey',
    {},
    buildElement(
      XENC,
      'xenc:EncryptionMethod',
      { Algorithm: OAEP },
      buildElement(DSIG, 'ds:DigestMethod', { Algorithm: `${DSIG}sha1` }),
    ),
    ds('KeyInfo', reference),
    buildElement(XENC, 'xenc:CipherData', {}, buildElement(XENC, 'xenc:CipherValue', {}, cipher.toString('base64'))),
  )
  return ds('KeyInfo', encryptedKey)
}
