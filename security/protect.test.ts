import { makePart, parseXml, type XmlDocument } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { buildElement } from './message/build-element.ts'
import { DSIG, DSIG_MORE, WSC_200512, WSU, XENC } from './names.ts'
import type { EncryptionStep, ProtectStep, UsernameTokenStep } from './plan.ts'
import { protect, systemRandom } from './protect.ts'
import type { ProtectState } from './protect-state.ts'
import { SecurityFailure } from './security-failure.ts'
import type { TokenHandler } from './token-handler.ts'
import {
  encryption,
  headerChildren,
  identityOf,
  keyringOf,
  mac,
  NOW,
  OAEP,
  orderMessage,
  planOf,
  receive,
  receiverOf,
  send,
  signature,
  signedNames,
  timestamp,
} from './testing/messages.ts'

const client = identityOf('client')
const server = identityOf('server')
const curve = identityOf('curve', { key: 'ec' })
const keys = keyringOf([server], [client.chain[0], curve.chain[0]])
const certificate = server.chain[0]
const secret = {
  step: 'encrypted-key',
  name: 'secret',
  recipient: certificate,
  reference: 'thumbprint',
  length: 32,
  transport: OAEP,
} as const
const user: UsernameTokenStep = { step: 'username-token', name: 'user', password: 'text', nonce: true, created: true }

function failure(steps: readonly ProtectStep[], state: Partial<ProtectState> = {}): SecurityFailure {
  try {
    send(steps, state)
  } catch (error) {
    if (error instanceof SecurityFailure) return error
    throw error
  }
  throw new Error('it was protected')
}

describe('what cannot be protected is refused', () => {
  const fresh = (changes: Partial<Extract<EncryptionStep['key'], { kind: 'fresh' }>>) =>
    encryption(certificate, {
      key: { kind: 'fresh', recipient: certificate, reference: 'thumbprint', transport: OAEP, ...changes },
    })

  test.each([
    ['a key that nobody gives', [mac('nothing')], 'nothing gives the key nothing'],
    ['a token that nobody gives', [{ step: 'token', name: 'saml', include: true }], 'nothing gives the token saml'],
    ['a user that nobody names', [user], 'there is no user'],
    ['a peer that nobody is', [fresh({ recipient: 'peer' })], 'nobody signed the request'],
    ['an unknown signature', [signature(client, { algorithm: 'urn:x' })], 'cannot sign with urn:x'],
    ['an unknown digest', [signature(client, { digest: 'urn:x' })], 'digest urn:x'],
    ['an unknown canonicalisation', [signature(client, { canonicalization: 'urn:x' })], 'canonicalisation urn:x'],
    ['an unknown cipher', [encryption(certificate, { algorithm: 'urn:x' })], 'encryption urn:x'],
    ['an unknown transport', [fresh({ transport: { algorithm: 'urn:x' } })], 'key transport urn:x'],
    ['an unknown digest of OAEP', [fresh({ transport: { ...OAEP, digest: 'urn:x' } })], 'key transport'],
    ['an unknown mask of OAEP', [fresh({ transport: { ...OAEP, mgf: 'urn:x' } })], 'key transport'],
    ['a private key for a MAC', [signature(client, { algorithm: `${DSIG}hmac-sha1` })], 'cannot sign with'],
    ['a secret for RSA', [secret, mac('secret', { algorithm: `${DSIG_MORE}rsa-sha256` })], 'cannot sign with'],
    ['an RSA key for ECDSA', [signature(client, { algorithm: `${DSIG_MORE}ecdsa-sha256` })], 'cannot sign with'],
    [
      'a short secret for a long cipher',
      [{ ...secret, length: 16 }, encryption(certificate, { key: { kind: 'named', name: 'secret' } })],
      'another length',
    ],
    [
      'the envelope itself',
      [
        encryption(certificate, {
          parts: [{ part: 'elements', content: false, select: ({ root }: XmlDocument) => [root] }],
        }),
      ],
      'the envelope itself',
    ],
  ] as const)('%s', (_what, steps, detail) => {
    const { reason, message } = failure(steps)
    expect(reason).toBe('protection-impossible')
    expect(message).toContain(detail)
  })

  test.each(['text', 'digest'] as const)('a user without password, as %s', (password) => {
    for (const missing of [undefined, ''])
      expect(failure([{ ...user, password }], { credentials: { user: 'alice', password: missing } }).detail).toContain(
        'no password',
      )
  })

  test('a key from a password that is not there', () => {
    const derived = { iterations: 1000, use: 'signature' } as const
    expect(failure([{ ...user, derived }], { credentials: { user: 'alice' } }).detail).toContain('no password')
  })

  test('a token with a key and no way to refer to it', () => {
    const element = buildElement('urn:t', 't:Token')
    const tokens = new Map([['token', { element, secret: Buffer.alloc(32) }]])
    expect(failure([{ step: 'token', name: 'token', include: true }], { tokens }).detail).toContain(
      'nothing refers to the token',
    )
  })

  test('a token that is not at hand and has to be signed', () => {
    const secrets = new Map([
      [
        'held',
        { secret: Buffer.alloc(32), reference: { form: 'reference', value: 'urn:x', valueType: undefined } as const },
      ],
    ])
    expect(failure([mac('held', { protectToken: true })], { secrets }).detail).toContain('cannot be signed')
  })
})

describe('a token that the state holds', () => {
  const shared = Buffer.alloc(32, 7)
  const context = () =>
    buildElement(
      WSC_200512,
      'wsc:SecurityContextToken',
      {},
      buildElement(WSC_200512, 'wsc:Identifier', {}, 'urn:uuid:1'),
    )
  const valueType = `${WSC_200512}/sct`
  const handler: TokenHandler = {
    elements: [{ namespace: WSC_200512, name: 'SecurityContextToken' }],
    binaryTypes: [],
    referenceTypes: [valueType],
    read: (element) => ({ kind: 'security-context', element, secret: shared }),
    find: (_type, value) =>
      value === 'urn:uuid:1' ? { kind: 'security-context', element: undefined, secret: shared } : undefined,
  }
  const receiver = receiverOf(keys, { handlers: [handler] })
  const token = (include: boolean) => ({ step: 'token', name: 'context', include }) as const
  const reference = { form: 'reference', value: 'urn:uuid:1', valueType } as const

  test('is put in, and its key signs and encrypts, cut to the cipher', async () => {
    const element = context()
    element.attributes = parseXml(`<x xmlns:u="${WSU}" u:Id="sct"/>`).root.attributes
    const tokens = new Map([['context', { element, secret: shared }]])
    const key = { kind: 'named', name: 'context' } as const
    const sent = send(
      [timestamp, token(true), mac('context'), encryption(certificate, { key, algorithm: `${XENC}aes128-cbc` })],
      { tokens },
    )
    expect(headerChildren(sent.tree)).toEqual(['Timestamp', 'SecurityContextToken', 'ReferenceList', 'Signature'])
    const results = await receive(sent, receiver)
    expect(results.signatures[0]).toMatchObject({ reference: 'direct', token: { kind: 'security-context' } })
    expect(results.decryptions[0]?.token).toBe(results.signatures[0]?.token)
  })

  test('is only referred to', async () => {
    const tokens = new Map([['context', { element: context(), secret: shared, reference }]])
    const sent = send([timestamp, token(false), mac('context')], { tokens })
    expect(headerChildren(sent.tree)).toEqual(['Timestamp', 'Signature'])
    expect((await receive(sent, receiver)).signatures[0]?.reference).toBe('external')
  })

  test('gives keys that are derived', async () => {
    const tokens = new Map([['context', { element: context(), secret: shared, reference }]])
    const derived = { step: 'derived-key', name: 'derived', from: 'context', length: 24, version: '200512' } as const
    const results = await receive(send([timestamp, token(false), derived, mac('derived')], { tokens }), receiver)
    expect(results.signatures[0]?.token).toMatchObject({ kind: 'derived-key', source: { kind: 'security-context' } })
  })

  test('without a key stands behind the signatures, and is signed by name', async () => {
    const tokens = new Map([['context', { element: context() }]])
    const parts = [{ part: 'body' }, { part: 'token', name: 'context' }] as const
    const sent = send([timestamp, token(true), signature(client, { parts })], { tokens })
    expect(headerChildren(sent.tree).at(-1)).toBe('SecurityContextToken')
    expect(signedNames(await receive(sent, receiver))).toEqual(['Body', 'SecurityContextToken'])
  })

  test('is named by a KeyIdentifier', () => {
    const named = {
      form: 'key-identifier',
      value: 'id',
      valueType: 'urn:type',
      tokenType: 'urn:token',
      encodingType: 'urn:encoding',
    } as const
    const tokens = new Map([['context', { element: context(), secret: shared, reference: named }]])
    expect(send([token(false), mac('context')], { tokens }).text).toMatch(
      /TokenType="urn:token"[^>]*><wsse:KeyIdentifier ValueType="urn:type" EncodingType="urn:encoding">id</,
    )
  })
})

describe('an answer', () => {
  test('is encrypted for whoever signed the request', async () => {
    const key = { kind: 'fresh', recipient: 'peer', reference: 'issuer-serial', transport: OAEP } as const
    const sent = send([encryption(certificate, { key })], { peer: certificate })
    expect((await receive(sent, receiverOf(keys))).decryptions).toHaveLength(1)
  })

  test('confirms nothing where nobody says what', () => {
    expect(headerChildren(send([{ step: 'confirmation' }]).tree)).toEqual([])
  })
})

test('two messages have no identifier, vector, nonce or secret in common', () => {
  const steps = [timestamp, user, signature(client), encryption(certificate)]
  const credentials = { user: 'alice', password: 'secret' }
  const [one, two] = [send(steps, { credentials }), send(steps, { credentials })]
  const ids = (text: string) => [...text.matchAll(/Id="([^"]+)"/g)].map(([, id]) => id)
  expect(ids(one.text).some((id) => ids(two.text).includes(id))).toBe(false)
  expect(new Set(ids(one.text)).size).toBe(ids(one.text).length)
  const values = (text: string) =>
    [...text.matchAll(/<(?:xenc:CipherValue|wsse:Nonce[^>]*)>([^<]+)</g)].map(([, value]) => value)
  expect(values(one.text).some((value) => values(two.text).includes(value))).toBe(false)
})

test('attachments without a Content-ID leave as they are', () => {
  const { contentId: _, ...rest } = makePart('x', 'text/plain', Buffer.from('x'))
  const nameless = { ...rest, contentId: undefined }
  const sent = send(
    [encryption(certificate, { parts: [{ part: 'body' }, { part: 'attachments', complete: false }] })],
    { attachments: [nameless] },
  )
  expect(sent.attachments).toEqual([nameless])
})

test('chance is that of node:crypto', () => {
  expect(systemRandom(16)).toHaveLength(16)
  expect(systemRandom(16).equals(systemRandom(16))).toBe(false)
})

test('a message is changed in place', () => {
  const tree = parseXml(orderMessage())
  protect(tree, planOf(timestamp), { now: NOW, random: systemRandom })
  expect(headerChildren(tree)).toEqual(['Timestamp'])
})
