import { readFileSync } from 'node:fs'
import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  rootCertificates,
  type SecureContext,
} from 'node:tls'
import type { Settings } from 'viaduct'

/**
 * How back ends prove themselves to the bus and the bus to them: made once, since reading authorities costs milliseconds. `trust`
 * stands beside the authorities that Node brings. Throws when a file cannot be read or does not fit.
 */
export function clientTls({ tls }: Settings['http']): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(tls.trust === '' ? {} : { ca: [...rootCertificates, readFileSync(tls.trust, 'utf8')] }),
    ...(tls.outboundCertificate === '' ? {} : { cert: readFileSync(tls.outboundCertificate) }),
    ...(tls.outboundKey === '' ? {} : { key: readFileSync(tls.outboundKey) }),
    ...(tls.passphrase === '' ? {} : { passphrase: tls.passphrase }),
  })
}

/** A back end is named by subjectAltName alone (RFC 9525 section 2): a common name proves nothing. */
export function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined)
    return Object.assign(new Error('its certificate names no host in subjectAltName'), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  return checkServerIdentity(host, certificate)
}
