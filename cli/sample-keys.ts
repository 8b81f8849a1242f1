import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { der } from '../security/der/index.ts'

const YEAR = 365 * 86_400_000
const SHA256_RSA = '1.2.840.113549.1.1.11'
const COMMON_NAME = '2.5.4.3'
const SUBJECT_ALT_NAME = '2.5.29.17'
const KEY_USAGE = '2.5.29.15'
/** digitalSignature, keyEncipherment, dataEncipherment. */
const USES = Buffer.of(0xb0)

/**
 * Makes the keys of a sample when it has none yet: `security/<name>.pem` with key and self-signed certificate, `<name>.crt` with the
 * certificate alone, `<name>.key`, and `partners.pem` with all certificates. A private key that everybody has would prove nothing, so
 * that none is shipped.
 */
export function createKeys(folder: string, names: readonly string[]): void {
  const security = join(folder, 'security')
  const file = (name: string): string => join(security, name)
  if (names.length === 0 || existsSync(file('partners.pem'))) return
  mkdirSync(security, { recursive: true })
  for (const name of names) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const certificate = pem(selfSigned(name, publicKey, privateKey))
    writeFileSync(file(`${name}.key`), key, { mode: 0o600 })
    writeFileSync(file(`${name}.crt`), certificate)
    writeFileSync(file(`${name}.pem`), key + certificate, { mode: 0o600 })
  }
  writeFileSync(file('partners.pem'), names.map((name) => readFileSync(file(`${name}.crt`), 'latin1')).join(''))
}

/** A certificate for a name that is also good for TLS on this machine. */
function selfSigned(name: string, publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const algorithm = der.sequence(der.oid(SHA256_RSA), der.null())
  const subject = der.sequence(der.set(der.sequence(der.oid(COMMON_NAME), der.utf8(name))))
  const now = Date.now()
  const body = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(BigInt(`0x${randomBytes(8).toString('hex')}`)),
    algorithm,
    subject,
    der.sequence(der.generalizedTime(now - 86_400_000), der.generalizedTime(now + YEAR)),
    subject,
    publicKey.export({ format: 'der', type: 'spki' }),
    der.explicit(
      3,
      der.sequence(
        extension(
          SUBJECT_ALT_NAME,
          der.sequence(tagged(2, Buffer.from('localhost')), tagged(7, Buffer.of(127, 0, 0, 1))),
        ),
        extension(KEY_USAGE, der.bits(USES)),
      ),
    ),
  )
  return der.sequence(body, algorithm, der.bits(sign('sha256', body, privateKey)))
}

const extension = (oid: string, value: Buffer): Buffer => der.sequence(der.oid(oid), der.octets(value))

/** A primitive value with a context tag of its own; short ones only. */
const tagged = (tag: number, value: Buffer): Buffer => Buffer.concat([Buffer.of(0x80 | tag, value.length), value])

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
