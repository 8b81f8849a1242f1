import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { DecryptionError, type EncryptionType } from './encryption-type.ts'

const CONFOUNDER = 8
const MAC = 16

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('md5', key).update(data).digest()

/** arcfour-hmac (RFC 4757), what old Windows domains use. Weak: only where it is allowed by name. Its passwords need MD4. */
export const RC4_HMAC: EncryptionType = {
  id: 23,
  name: 'arcfour-hmac',
  keyLength: 16,
  checksumType: -138,
  confounderLength: CONFOUNDER,
  encrypt(key, usage, plain, confounder) {
    const base = hmac(key, usageBytes(usage))
    const data = Buffer.concat([confounder, plain])
    const mac = hmac(base, data)
    return Buffer.concat([mac, rc4(hmac(base, mac), data)])
  },
  decrypt(key, usage, cipher) {
    if (cipher.length < MAC + CONFOUNDER) throw new DecryptionError('it is too short')
    const base = hmac(key, usageBytes(usage))
    const mac = cipher.subarray(0, MAC)
    const data = rc4(hmac(base, mac), cipher.subarray(MAC))
    if (!timingSafeEqual(hmac(base, data), mac)) throw new DecryptionError('it is not genuine')
    return data.subarray(CONFOUNDER)
  },
  checksum: (key, usage, data) =>
    hmac(hmac(key, Buffer.from('signaturekey\0')), createHash('md5').update(usageBytes(usage)).update(data).digest()),
  fromPassword: undefined,
}

/** Microsoft numbers two of the uses otherwise (RFC 4757, section 3). */
function usageBytes(usage: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(usage === 3 || usage === 9 ? 8 : usage)
  return bytes
}

function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i)
  const at = (i: number): number => state[i & 0xff] ?? 0
  const swap = (i: number, j: number): void => {
    const kept = at(i)
    state[i & 0xff] = at(j)
    state[j & 0xff] = kept
  }
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 0xff
    swap(i, j)
  }
  const out = Buffer.alloc(data.length)
  for (let n = 0, i = 0, j = 0; n < data.length; n++) {
    i = (i + 1) & 0xff
    j = (j + at(i)) & 0xff
    swap(i, j)
    out[n] = (data[n] ?? 0) ^ at(at(i) + at(j))
  }
  return out
}
