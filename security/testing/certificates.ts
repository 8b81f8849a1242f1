import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { der } from '../der/index.ts'

/** What a certificate for a test says. */
export interface CertificateRequest {
  readonly subject: string
  /** Who signs; itself when absent. */
  readonly issuer?: Identity
  readonly serial?: bigint
  readonly notBefore?: number
  readonly notAfter?: number
  readonly authority?: boolean
  readonly pathLength?: number
  /** Bits of keyUsage from the first; `0x80` is digitalSignature. */
  readonly usages?: number
  readonly subjectKeyIdentifier?: Buffer
  readonly extensions?: readonly Buffer[]
  readonly key?: 'rsa' | 'rsa1024' | 'ec'
  readonly digest?: 'sha1' | 'sha256'
  readonly version?: 1 | 3
  readonly keys?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
}

/** A certificate with its key. */
export interface Identity {
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
  readonly subject: string
}

const YEAR = 365 * 86_400_000
const ALGORITHMS = {
  'rsa-sha1': '1.2.840.113549.1.1.5',
  'rsa-sha256': '1.2.840.113549.1.1.11',
  'ec-sha1': '1.2.840.10045.4.1',
  'ec-sha256': '1.2.840.10045.4.3.2',
} as const

/** `CN=a,O=b` in the order of the certificate. */
export function nameDer(text: string): Buffer {
  const types: Readonly<Record<string, string>> = {
    CN: '2.5.4.3',
    O: '2.5.4.10',
    OU: '2.5.4.11',
    C: '2.5.4.6',
    E: '1.2.840.113549.1.9.1',
  }
  return der.sequence(
    ...text.split(',').map((pair) => {
      const [type = '', value = ''] = pair.split('=')
      return der.set(der.sequence(der.oid(types[type] ?? type), der.utf8(value)))
    }),
  )
}

export function extension(oid: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octets(value))
}

function makeKeys(kind: 'rsa' | 'rsa1024' | 'ec'): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 1024 })
}

/** Makes a key and its certificate, signed as asked; nothing here is checked, so that wrong ones can be made. */
export function makeIdentity(request: CertificateRequest): Identity {
  const { publicKey, privateKey } = request.keys ?? makeKeys(request.key ?? 'ec')
  const signer = request.issuer?.privateKey ?? privateKey
  const algorithm = signatureAlgorithm(signer, request.digest ?? 'sha256')
  const now = Date.now()
  const extensions = extensionsOf(request)
  const body = der.sequence(
    ...(request.version === 1 ? [] : [der.explicit(0, der.integer(2))]),
    der.integer(request.serial ?? BigInt(now)),
    algorithm,
    nameDer(request.issuer?.subject ?? request.subject),
    der.sequence(
      der.generalizedTime(request.notBefore ?? now - YEAR),
      der.generalizedTime(request.notAfter ?? now + YEAR),
    ),
    nameDer(request.subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(request.version === 1 ? [] : [der.explicit(3, der.sequence(...extensions))]),
  )
  return {
    certificate: new X509Certificate(signed(body, algorithm, signer, request.digest ?? 'sha256')),
    privateKey,
    subject: request.subject,
  }
}

function extensionsOf(request: CertificateRequest): Buffer[] {
  const { authority, pathLength, usages, subjectKeyIdentifier, extensions = [] } = request
  const found = [...extensions]
  if (authority !== undefined) {
    const members = [der.boolean(authority), ...(pathLength === undefined ? [] : [der.integer(pathLength)])]
    found.push(extension('2.5.29.19', der.sequence(...members), true))
  }
  if (usages !== undefined) found.push(extension('2.5.29.15', der.bits(Buffer.of(usages)), true))
  if (subjectKeyIdentifier !== undefined) found.push(extension('2.5.29.14', der.octets(subjectKeyIdentifier)))
  return found
}

function signatureAlgorithm(key: KeyObject, digest: 'sha1' | 'sha256'): Buffer {
  const kind = key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa'
  return der.sequence(der.oid(ALGORITHMS[`${kind}-${digest}`]), ...(kind === 'rsa' ? [der.null()] : []))
}

function signed(body: Buffer, algorithm: Buffer, key: KeyObject, digest: string): Buffer {
  return der.sequence(body, algorithm, der.bits(sign(digest, body, key)))
}

/** Makes a revocation list. */
export function makeRevocationList(
  issuer: Identity,
  serials: readonly bigint[],
  times: { readonly thisUpdate?: number; readonly nextUpdate?: number } = {},
  extensions: readonly Buffer[] = [],
): Buffer {
  const algorithm = signatureAlgorithm(issuer.privateKey, 'sha256')
  const { thisUpdate = Date.now() - 60_000, nextUpdate = Date.now() + YEAR } = times
  const entries = serials.map((serial) => der.sequence(der.integer(serial), der.generalizedTime(thisUpdate)))
  const body = der.sequence(
    der.integer(1),
    algorithm,
    nameDer(issuer.subject),
    der.generalizedTime(thisUpdate),
    der.generalizedTime(nextUpdate),
    ...(entries.length === 0 ? [] : [der.sequence(...entries)]),
    ...(extensions.length === 0 ? [] : [der.explicit(0, der.sequence(...extensions))]),
  )
  return signed(body, algorithm, issuer.privateKey, 'sha256')
}
