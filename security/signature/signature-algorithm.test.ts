import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DSIG, DSIG_MORE, DSIG_MORE_2007 } from '../names.ts'
import { DIGESTS, hashOf } from './digest-algorithm.ts'
import {
  checkKey,
  isMac,
  isSame,
  isSignature,
  macOf,
  SIGNATURES,
  type SignatureAlgorithm,
  signatureAlgorithm,
  signatureOf,
} from './signature-algorithm.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curves = ['P-256', 'P-384', 'P-521'].map(
  (namedCurve) => [namedCurve, generateKeyPairSync('ec', { namedCurve })] as const,
)
const ed = generateKeyPairSync('ed25519')
const data = Buffer.from('signed')
const all = new Set(SIGNATURES.keys())

const of = (kind: SignatureAlgorithm['kind']) => [...SIGNATURES].filter(([, algorithm]) => algorithm.kind === kind)

test.each([...of('rsa'), ...of('rsa-pss')])('%s', (_identifier, algorithm) => {
  const value = signatureOf(algorithm, rsa.privateKey, data)
  expect(isSignature(algorithm, rsa.publicKey, data, value)).toBe(true)
  expect(isSignature(algorithm, rsa.publicKey, Buffer.from('other'), value)).toBe(false)
  expect(isSignature(algorithm, rsa.publicKey, data, value.subarray(1))).toBe(false)
  expect(isSignature(algorithm, rsa.publicKey, data, Buffer.alloc(0))).toBe(false)
})

describe.each(curves)('on %s', (_name, { privateKey, publicKey }) => {
  test.each(of('ecdsa'))('%s, two numbers side by side', (_identifier, algorithm) => {
    const value = signatureOf(algorithm, privateKey, data)
    expect(value.length % 2).toBe(0)
    expect(isSignature(algorithm, publicKey, data, value)).toBe(true)
    expect(isSignature(algorithm, publicKey, data, value.subarray(1))).toBe(false)
    expect(isSignature(algorithm, publicKey, data, Buffer.alloc(value.length))).toBe(false)
  })
})

test.each(of('hmac'))('%s', (_identifier, algorithm) => {
  const secret = randomBytes(32)
  const value = macOf(algorithm, secret, data)
  expect(isMac(algorithm, secret, data, value)).toBe(true)
  expect(isMac(algorithm, randomBytes(32), data, value)).toBe(false)
  expect(isMac(algorithm, secret, data, value.subarray(0, 10))).toBe(false)
  expect(isMac(algorithm, secret, data, Buffer.concat([value, Buffer.alloc(1)]))).toBe(false)
})

test.each([
  ['rsa', rsa.publicKey, undefined],
  ['rsa', rsa.privateKey, undefined],
  ['rsa-pss', rsa.publicKey, undefined],
  ['ecdsa', curves[0]?.[1].publicKey, undefined],
  ['ecdsa', rsa.publicKey, 'a key of type rsa'],
  ['rsa', curves[0]?.[1].publicKey, 'a key of type ec'],
  ['rsa', ed.publicKey, 'a key of type ed25519'],
  ['ecdsa', ed.publicKey, 'a key of type ed25519'],
] as const)('%s with a key', (kind, key, message) => {
  const check = () => key && checkKey({ kind, hash: 'sha256' }, key, 2048)
  if (message === undefined) expect(check).not.toThrow()
  else expect(check).toThrow(message)
})

test('an RSA key has so many bits at least', () => {
  expect(() => checkKey({ kind: 'rsa', hash: 'sha256' }, rsa.publicKey, 2049)).toThrow('2048 bits is too weak')
})

test('identifiers are those of the specifications', () => {
  expect(SIGNATURES.get(`${DSIG}rsa-sha1`)).toEqual({ kind: 'rsa', hash: 'sha1' })
  expect(SIGNATURES.get(`${DSIG_MORE}ecdsa-sha384`)).toEqual({ kind: 'ecdsa', hash: 'sha384' })
  expect(SIGNATURES.get(`${DSIG_MORE_2007}sha256-rsa-MGF1`)).toEqual({ kind: 'rsa-pss', hash: 'sha256' })
  expect(SIGNATURES.has(`${DSIG}dsa-sha1`)).toBe(false)
  expect([...DIGESTS.keys()].some((uri) => uri.includes('md5'))).toBe(false)
})

test('only what is allowed is used', () => {
  expect(signatureAlgorithm(`${DSIG}rsa-sha1`, all).hash).toBe('sha1')
  expect(() => signatureAlgorithm(`${DSIG}rsa-sha1`, new Set())).toThrow('an algorithm is not allowed here')
  expect(() => signatureAlgorithm('urn:x', new Set(['urn:x']))).toThrow('signature urn:x')
  expect(hashOf(`${DSIG}sha1`, new Set([`${DSIG}sha1`]))).toBe('sha1')
  expect(() => hashOf(`${DSIG}sha1`, new Set())).toThrow('an algorithm is not allowed here')
  expect(() => hashOf('urn:x', new Set(['urn:x']))).toThrow('digest urn:x')
})

test('bytes are the same or not', () => {
  expect(isSame(Buffer.from('ab'), Buffer.from('ab'))).toBe(true)
  expect(isSame(Buffer.from('ab'), Buffer.from('ac'))).toBe(false)
  expect(isSame(Buffer.from('ab'), Buffer.from('abc'))).toBe(false)
  expect(isSame(Buffer.alloc(0), Buffer.alloc(0))).toBe(true)
})
