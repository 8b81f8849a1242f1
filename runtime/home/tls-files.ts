import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A setting that holds the path of a file, and what is wrong with the file. */
export interface TlsProblem {
  readonly setting: string
  readonly reason: string
}

/** Settings of `http.tls` as they were given; absolute paths, undefined where nothing is set. */
export type TlsPaths = (setting: string) => string | undefined

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** What is wrong with certificates and keys, found before a listener or a call needs them. */
export function tlsProblems(setting: TlsPaths): TlsProblem[] {
  return [
    ...authorities('trust', setting),
    ...authorities('clientCa', setting),
    ...pair('certificate', 'key', setting),
    ...pair('outboundCertificate', 'outboundKey', setting),
  ]
}

function authorities(name: string, setting: TlsPaths): TlsProblem[] {
  const file = setting(name)
  const found = file === undefined ? undefined : readCertificates(file)
  return typeof found === 'string' ? [{ setting: name, reason: found }] : []
}

function pair(certificateName: string, keyName: string, setting: TlsPaths): TlsProblem[] {
  const problems: TlsProblem[] = []
  const certificateFile = setting(certificateName)
  const keyFile = setting(keyName)
  const certificates = certificateFile === undefined ? [] : readCertificates(certificateFile)
  if (typeof certificates === 'string') problems.push({ setting: certificateName, reason: certificates })
  const key = keyFile === undefined ? undefined : readKey(keyFile, setting('passphrase'))
  if (typeof key === 'string') problems.push({ setting: keyName, reason: key })
  const [own] = typeof certificates === 'string' ? [] : certificates
  if (own !== undefined && keyFile === undefined)
    problems.push({ setting: certificateName, reason: `it needs its private key: set http.tls.${keyName}` })
  if (own !== undefined && typeof key === 'object' && !own.checkPrivateKey(key))
    problems.push({ setting: keyName, reason: 'it is not the key of the certificate' })
  return problems
}

function readCertificates(file: string): X509Certificate[] | string {
  const blocks = readFileSync(file, 'latin1').match(CERTIFICATE)
  if (blocks === null) return 'it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)'
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return 'it holds a certificate that cannot be read'
  }
}

function readKey(file: string, passphrase: string | undefined): KeyObject | string {
  try {
    return createPrivateKey({ key: readFileSync(file), ...(passphrase !== undefined && { passphrase }) })
  } catch (failure) {
    const code = failure instanceof Error && 'code' in failure ? String(failure.code) : ''
    return /PASSPHRASE|BAD_DECRYPT|INTERRUPTED/.test(code)
      ? 'it is encrypted; http.tls.passphrase is missing or wrong'
      : 'it holds no private key in PEM form'
  }
}
