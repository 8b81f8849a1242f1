import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AES128_SHA1, AES256_SHA1 } from './aes-sha1.ts'
import { AES128_SHA256, AES256_SHA384 } from './aes-sha2.ts'
import { decryptCts, encryptCts } from './cipher-text-stealing.ts'
import { encryptionTypes } from './encryption-types.ts'
import { nFold } from './n-fold.ts'
import { RC4_HMAC } from './rc4-hmac.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

describe('n-fold (vectors of RFC 3961, appendix A.1)', () => {
  test.each([
    ['012345', 8, 'be072631276b1955'],
    ['password', 7, '78a07b6caf85fa'],
    ['Rough Consensus, and Running Code', 8, 'bb6ed30870b7f0e0'],
    ['password', 21, '59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e'],
    ['MASSACHVSETTS INSTITVTE OF TECHNOLOGY', 24, 'db3b0d8f0b061e603282b308a50841229ad798fab9540c1b'],
    ['Q', 21, '518a54a2 15a8452a 518a54a2 15a8452a 518a54a2 15'],
    ['ba', 21, 'fb25d531ae8974499f52fd92ea9857c4ba24cf297e'],
    ['kerberos', 8, '6b65726265726f73'],
    ['kerberos', 16, '6b65726265726f737b9b5b2b93132b93'],
    ['kerberos', 21, '8372c236344e5f1550cd0747e15d62ca7a5a3bcea4'],
    ['kerberos', 32, '6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4'],
  ])('%s to %i bytes', (text, length, expected) => {
    expect(nFold(Buffer.from(text), length)).toEqual(hex(expected))
  })
})

describe('ciphertext stealing (vectors of RFC 3962, appendix B)', () => {
  const key = hex('636869636b656e207465726979616b69')
  test.each([
    ['4920776f756c64206c696b652074686520', 'c6353568f2bf8cb4d8a580362da7ff7f97'],
    [
      '4920776f756c64206c696b65207468652047656e6572616c20476175277320',
      'fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5',
    ],
    [
      '4920776f756c64206c696b65207468652047656e6572616c2047617527732043',
      '39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584',
    ],
  ])('%s', (plain, cipher) => {
    expect(encryptCts(key, hex(plain))).toEqual(hex(cipher))
    expect(decryptCts(key, hex(cipher))).toEqual(hex(plain))
  })

  test('every length from one block on comes back', () => {
    for (let length = 16; length < 100; length++) {
      const plain = randomBytes(length)
      expect(decryptCts(key, encryptCts(key, plain))).toEqual(plain)
    }
  })
})

describe('keys of passwords', () => {
  test.each([
    [AES128_SHA1, 'password', 'ATHENA.MIT.EDUraeburn', 1, '42263c6e89f4fc28b8df68ee09799f15'],
    [
      AES256_SHA1,
      'password',
      'ATHENA.MIT.EDUraeburn',
      1,
      'fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161',
    ],
    [AES128_SHA1, 'password', 'ATHENA.MIT.EDUraeburn', 1200, '4c01cd46d632d01e6dbe230a01ed642a'],
    [AES256_SHA1, '𝄞', 'EXAMPLE.COMpianist', 50, '4b6d9839f84406df1f09cc166db4b83c571848b784a3d6bdc346589a3e393f9e'],
  ])('$name (vectors of RFC 3962)', (type, password, salt, iterations, expected) => {
    expect(type.fromPassword?.(password, Buffer.from(salt), iterations)).toEqual(hex(expected))
  })

  test.each([
    [AES128_SHA256, '089bca48b105ea6ea77ca5d2f39dc5e7'],
    [AES256_SHA384, '45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467'],
  ])('$name (vectors of RFC 8009)', (type, expected) => {
    const salt = Buffer.concat([hex('10df9dd783e5bc8acea1730e74355f61'), Buffer.from('ATHENA.MIT.EDUraeburn')])
    expect(type.fromPassword?.('password', salt, 32_768)).toEqual(hex(expected))
  })
})

describe('encryption of RFC 8009, appendix A', () => {
  const key128 = hex('3705D96080C17728A0E800EAB6E0D23C')
  const key256 = hex('6D404D37FAF79F9DF0D33568D320669800EB4836472EA8A026D16B7182460C52')
  const plain = hex('000102030405')
  const long = hex('000102030405060708090A0B0C0D0E0F1011121314')

  test.each([
    [
      AES128_SHA256,
      key128,
      plain,
      '7BCA285E2FD4130FB55B1A5C83BC5B24',
      '84D7F30754ED987BAB0BF3506BEB09CFB55402CEF7E6877CE99E247E52D16ED4421DFDF8976C',
    ],
    [
      AES128_SHA256,
      key128,
      long,
      'A7A4E29A4728CE10664FB64E49AD3FAC',
      '720F73B18D9859CD6CCB4346115CD336C70F58EDC0C4437C5573544C31C813BCE1E6D072C186B39A413C2F92CA9B8334A287FFCBFC',
    ],
    [
      AES256_SHA384,
      key256,
      plain,
      'B80D3251C1F6471494256FFE712D0B9A',
      '4ED7B37C2BCAC8F74F23C1CF07E62BC7B75FB3F637B9F559C7F664F69EAB7B6092237526EA0D1F61CB20D69D10F2',
    ],
  ])('$name', (type, key, data, confounder, expected) => {
    expect(type.encrypt(key, 2, data, hex(confounder))).toEqual(hex(expected))
    expect(type.decrypt(key, 2, hex(expected))).toEqual(data)
  })

  test('checksums', () => {
    expect(AES128_SHA256.checksum(key128, 2, long)).toEqual(hex('D78367186643D67B411CBA9139FC1DEE'))
    expect(AES256_SHA384.checksum(key256, 2, long)).toEqual(hex('45EE791567EEFCA37F4AC1E0222DE80D43C3BFA06699672A'))
  })
})

describe.each(encryptionTypes(true))('$name', (type) => {
  const key = randomBytes(type.keyLength)
  const sealed = (plain: Buffer): Buffer => type.encrypt(key, 11, plain, randomBytes(type.confounderLength))

  test('gives back what was encrypted, of every length', () => {
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 1000]) {
      const plain = randomBytes(length)
      expect(type.decrypt(key, 11, sealed(plain))).toEqual(plain)
    }
  })

  test('refuses another key, another use, every changed byte and every shorter length', () => {
    const cipher = sealed(Buffer.from('secret'))
    expect(() => type.decrypt(randomBytes(type.keyLength), 11, cipher)).toThrow()
    expect(() => type.decrypt(key, 2, cipher)).toThrow()
    for (let at = 0; at < cipher.length; at++) {
      const changed = Buffer.from(cipher)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => type.decrypt(key, 11, changed)).toThrow()
      expect(() => type.decrypt(key, 11, cipher.subarray(0, at))).toThrow()
    }
  })

  test('makes checksums that depend on key, use and data', () => {
    const sums = [
      type.checksum(key, 6, Buffer.from('a')),
      type.checksum(key, 7, Buffer.from('a')),
      type.checksum(key, 6, Buffer.from('b')),
      type.checksum(randomBytes(type.keyLength), 6, Buffer.from('a')),
    ]
    expect(new Set(sums.map((sum) => sum.toString('hex'))).size).toBe(4)
  })
})

test('DES is no type, and arcfour-hmac only where it is allowed', () => {
  expect(encryptionTypes().map(({ id }) => id)).toEqual([20, 19, 18, 17])
  expect(encryptionTypes(true)).toContain(RC4_HMAC)
})
