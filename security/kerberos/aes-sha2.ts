import { createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { decryptCts, encryptCts } from './cipher-text-stealing.ts'
import { DecryptionError, type EncryptionType } from './encryption-type.ts'

const CONFOUNDER = 16
/** The MAC covers the IV, which is always zeros here. */
const IV = Buffer.alloc(16)

interface Sha2Parameters {
  readonly id: number
  readonly name: string
  readonly hash: 'sha256' | 'sha384'
  /** Bytes. */
  readonly keyLength: number
  readonly macLength: number
  readonly checksumType: number
}

/** aes128-cts-hmac-sha256-128 and aes256-cts-hmac-sha384-192 (RFC 8009): encrypt, then MAC. */
function aesSha2({ hash, macLength, ...parameters }: Sha2Parameters): EncryptionType {
  const { keyLength, name } = parameters
  const derive = (key: Buffer, label: Buffer, length: number): Buffer => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(length * 8)
    return createHmac(hash, key)
      .update(Buffer.of(0, 0, 0, 1))
      .update(label)
      .update(Buffer.of(0))
      .update(size)
      .digest()
      .subarray(0, length)
  }
  const derived = (key: Buffer, usage: number, purpose: number, length: number): Buffer => {
    const label = Buffer.alloc(5, purpose)
    label.writeUInt32BE(usage)
    return derive(key, label, length)
  }
  const mac = (key: Buffer, ...data: readonly Buffer[]): Buffer =>
    createHmac(hash, key).update(Buffer.concat(data)).digest().subarray(0, macLength)
  return {
    ...parameters,
    confounderLength: CONFOUNDER,
    encrypt(key, usage, plain, confounder) {
      const cipher = encryptCts(derived(key, usage, 0xaa, keyLength), Buffer.concat([confounder, plain]))
      return Buffer.concat([cipher, mac(derived(key, usage, 0x55, macLength), IV, cipher)])
    },
    decrypt(key, usage, cipher) {
      if (cipher.length < CONFOUNDER + macLength) throw new DecryptionError('it is too short')
      const encrypted = cipher.subarray(0, -macLength)
      const expected = mac(derived(key, usage, 0x55, macLength), IV, encrypted)
      if (!timingSafeEqual(expected, cipher.subarray(-macLength))) throw new DecryptionError('it is not genuine')
      return decryptCts(derived(key, usage, 0xaa, keyLength), encrypted).subarray(CONFOUNDER)
    },
    checksum: (key, usage, data) => mac(derived(key, usage, 0x99, macLength), data),
    fromPassword(password, salt, iterations = 32_768) {
      const named = Buffer.concat([Buffer.from(name), Buffer.of(0), salt])
      return derive(pbkdf2Sync(password, named, iterations, keyLength, hash), Buffer.from('kerberos'), keyLength)
    },
  }
}

export const AES128_SHA256 = aesSha2({
  id: 19,
  name: 'aes128-cts-hmac-sha256-128',
  hash: 'sha256',
  keyLength: 16,
  macLength: 16,
  checksumType: 19,
})
export const AES256_SHA384 = aesSha2({
  id: 20,
  name: 'aes256-cts-hmac-sha384-192',
  hash: 'sha384',
  keyLength: 32,
  macLength: 24,
  checksumType: 20,
})
