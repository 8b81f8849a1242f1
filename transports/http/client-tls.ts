import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Settings } from 'viaduct'

/**
 * How back ends prove themselves to the bus and the bus to them: made once, since reading authorities costs milliseconds. `trust`
 * replaces the authorities that Node brings. Throws when a file cannot be read or does not fit.
 */
export function clientTls({ tls }: Settings['http']): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(tls.trust === '' ? {} : { ca: readFileSync(tls.trust) }),
    ...(tls.outboundCertificate === '' ? {} : { cert: readFileSync(tls.outboundCertificate) }),
    ...(tls.outboundKey === '' ? {} : { key: readFileSync(tls.outboundKey) }),
    ...(tls.passphrase === '' ? {} : { passphrase: tls.passphrase }),
  })
}
