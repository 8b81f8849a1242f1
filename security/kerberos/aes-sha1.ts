import { createCipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { decryptCts, encryptCts } from './cipher-text-stealing.ts'
import { DecryptionError, type EncryptionType } from './encryption-type.ts'
import { nFold } from './n-fold.ts'

const CONFOUNDER = 16
const MAC = 12

/** aes128-cts-hmac-sha1-96 and aes256-cts-hmac-sha1-96 (RFC 3962). */
function aesSha1(id: number, keyLength: number, checksumType: number): EncryptionType {
  const mac = (key: Buffer, data: Buffer): Buffer => createHmac('sha1', key).update(data).digest().subarray(0, MAC)
  return {
    id,
    name: `aes${keyLength * 8}-cts-hmac-sha1-96`,
    keyLength,
    checksumType,
    confounderLength: CONFOUNDER,
    encrypt(key, usage, plain, confounder) {
      const data = Buffer.concat([confounder, plain])
      return Buffer.concat([encryptCts(derived(key, usage, 0xaa), data), mac(derived(key, usage, 0x55), data)])
    },
    decrypt(key, usage, cipher) {
      if (cipher.length < CONFOUNDER + MAC) throw new DecryptionError('it is too short')
      const data = decryptCts(derived(key, usage, 0xaa), cipher.subarray(0, -MAC))
      if (!timingSafeEqual(mac(derived(key, usage, 0x55), data), cipher.subarray(-MAC)))
        throw new DecryptionError('it is not genuine')
      return data.subarray(CONFOUNDER)
    },
    checksum: (key, usage, data) => mac(derived(key, usage, 0x99), data),
    fromPassword: (password, salt, iterations = 4096) =>
      derive(pbkdf2Sync(password, salt, iterations, keyLength, 'sha1'), Buffer.from('kerberos')),
  }
}

function derived(key: Buffer, usage: number, purpose: number): Buffer {
  const constant = Buffer.alloc(5, purpose)
  constant.writeUInt32BE(usage)
  return derive(key, constant)
}

/** DK of RFC 3961, section 5.1: the folded constant is encrypted again and again until there are enough bytes. */
function derive(key: Buffer, constant: Buffer): Buffer {
  const pieces: Buffer[] = []
  let block = constant.length === 16 ? constant : nFold(constant, 16)
  for (let size = 0; size < key.length; size += 16) {
    const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false)
    block = Buffer.concat([cipher.update(block), cipher.final()])
    pieces.push(block)
  }
  return Buffer.concat(pieces).subarray(0, key.length)
}

export const AES128_SHA1 = aesSha1(17, 16, 15)
export const AES256_SHA1 = aesSha1(18, 32, 16)
