import { constants } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import type { Logger, Settings } from 'viaduct'

type TlsSettings = Settings['http']['tls']

/** Forward secrecy and authenticated encryption only; the first three are TLS 1.3. */
export const MODERN_CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

const REVOCATION_LIST = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g

/** How often certificate files are looked at. */
const LOOK = 1000

/** Options of an HTTPS server. Throws when a file cannot be read or does not fit. */
export function serverTls(tls: TlsSettings, settings: Settings): TlsOptions {
  return {
    ...serverContext(tls),
    requestCert: tls.clientCertificate !== 'off',
    rejectUnauthorized: tls.clientCertificate === 'required',
    handshakeTimeout: settings.timeouts.handshake,
    ALPNProtocols: ['http/1.1'],
  }
}

/** Reloads certificate, key and trusted authorities when one of their files changes; a bad set changes nothing. */
export function watchCertificates(server: Server, tls: TlsSettings, log: Logger): Disposable {
  const files = [tls.certificate, tls.key, tls.clientCa].filter((file) => file !== '')
  const reload = (): void => {
    if (!(server instanceof SecureServer)) return
    try {
      const context = serverContext(tls)
      // Certificate and key are two files: while one of them is still the old one they do not fit, and this throws.
      createSecureContext(context)
      server.setSecureContext(context)
      log.log('INFO', 'https', 'certificates reloaded')
    } catch (failure) {
      log.log(
        'WARN',
        'https',
        `certificates not reloaded, the old ones stay: ${failure instanceof Error ? failure.message : 'unknown'}`,
      )
    }
  }
  for (const file of files) watchFile(file, { interval: LOOK, persistent: false }, reload)
  return {
    [Symbol.dispose]() {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}

function serverContext(tls: TlsSettings): SecureContextOptions {
  const authorities = tls.clientCa === '' ? undefined : readFileSync(tls.clientCa, 'utf8')
  const revoked = authorities?.match(REVOCATION_LIST)
  return {
    cert: readFileSync(tls.certificate),
    key: readFileSync(tls.key),
    ...(tls.passphrase === '' ? {} : { passphrase: tls.passphrase }),
    ...(authorities === undefined ? {} : { ca: authorities.replaceAll(REVOCATION_LIST, '') }),
    ...(revoked ? { crl: revoked } : {}),
    minVersion: 'TLSv1.2',
    ciphers: MODERN_CIPHERS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
}
