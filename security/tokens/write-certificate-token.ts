import type { X509Certificate } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { der } from '../der/index.ts'
import { buildElement } from '../message/build-element.ts'
import { BASE64_ENCODING, WSSE, X509_PKI_PATH, X509_V3 } from '../names.ts'

/** A wsse:BinarySecurityToken with a certificate, or with a whole path, whose order is the other way round. */
export function writeCertificateToken(chain: readonly X509Certificate[], path: boolean): XmlElement {
  const bytes = path ? der.sequence(...chain.toReversed().map(({ raw }) => raw)) : (chain[0]?.raw ?? Buffer.alloc(0))
  return buildElement(
    WSSE,
    'wsse:BinarySecurityToken',
    { EncodingType: BASE64_ENCODING, ValueType: path ? X509_PKI_PATH : X509_V3 },
    bytes.toString('base64'),
  )
}
