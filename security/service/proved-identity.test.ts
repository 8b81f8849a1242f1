import { describe, expect, test } from 'vitest'
import { contextTokenType, createContextHandler, SecurityContexts, writeContextToken } from '../conversation/index.ts'
import { createKerberosHandler, KERBEROS_AP_REQ_SHA1, KerberosSessions, Keytab } from '../kerberos/index.ts'

import { buildElement } from '../message/build-element.ts'
import { WSC_200512 } from '../names.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import type { SecurityResults, SecurityToken } from '../security-results.ts'
import {
  ADDRESSING,
  identityOf,
  keyringOf,
  NOW,
  receive,
  receiverOf,
  send,
  signature,
  timestamp,
} from '../testing/messages.ts'
import { buildMessage, directReference, identified, keyIdentifier } from '../testing/signed-message.ts'
import { receive as receiveTree, receiverPlan } from '../testing/receiver.ts'
import { callerOf, provedTokens, signerOf } from './proved-identity.ts'

const alice = identityOf('alice')
const bob = identityOf('bob')
const keys = keyringOf([], [alice.chain[0], bob.chain[0]])

const messageId = { part: 'header', name: 'MessageID', namespace: ADDRESSING } as const
const signer = (results: SecurityResults, name: string) =>
  results.signatures.find(({ token }) => token.principal === `O=Test,CN=${name}`)

describe('a signature over something that is not the message', () => {
  /** Alice's signature, as if it were copied with a header of a message of hers, is verified before Bob's. */
  const sent = send([timestamp, signature(bob), signature(alice, { name: 'copied', parts: [messageId] })])

  test('does not make its owner the caller', async () => {
    const results = await receive(sent, receiverOf(keys))
    expect(results.signatures.map(({ token }) => token.principal)).toEqual(['O=Test,CN=alice', 'O=Test,CN=bob'])
    const proof = { results, main: signer(results, 'bob') }
    expect(callerOf(proof)).toBe('O=Test,CN=bob')
    expect(signerOf(proof)?.fingerprint256).toBe(bob.chain[0].fingerprint256)
  })

  test('nor where no signature is the main one', async () => {
    const results = await receive(sent, receiverOf(keys))
    expect(callerOf({ results, main: undefined })).toBe('O=Test,CN=bob')
    const alone = await receive(send([timestamp, signature(alice, { parts: [messageId] })]), receiverOf(keys))
    const proof = { results: alone, main: undefined }
    expect([callerOf(proof), signerOf(proof)]).toEqual([undefined, undefined])
  })
})

test('who endorses the main signature is the caller where the main one has no name', async () => {
  const steps = [
    timestamp,
    signature(bob),
    signature(alice, { name: 'endorsing', parts: [{ part: 'signature', name: 'signature' }] }),
  ]
  const results = await receive(send(steps), receiverOf(keys))
  const main = signer(results, 'bob')
  const nameless = main && {
    ...main,
    token: { ...main.token, kind: 'encrypted-key', certificates: undefined } as SecurityToken,
  }
  expect(nameless && callerOf({ results, main: nameless })).toBe('O=Test,CN=alice')
})

describe('a security context', () => {
  const contexts = new SecurityContexts()
  const secret = (user: string) => Buffer.alloc(32, user)
  for (const principal of ['admin', 'bob'])
    contexts.add(
      {
        identifier: `urn:${principal}`,
        instance: undefined,
        secret: secret(principal),
        created: NOW,
        expires: NOW + 1000,
        principal,
        certificate: undefined,
        service: 'test',
      },
      NOW,
    )
  const token = (user: string) =>
    writeContextToken({ identifier: `urn:${user}`, instance: undefined }, WSC_200512, user)
  const plan = receiverPlan(keys, [createContextHandler(contexts, 'test')])

  test('names the caller when the message is signed with it, and not when it is only named', async () => {
    const message = buildMessage({
      header: [token('admin'), token('bob')],
      signatures: [
        { key: secret('bob'), keyInfo: directReference('bob', contextTokenType(WSC_200512)), ids: ['body'] },
      ],
    })
    const results = await receiveTree(message, plan, NOW)
    expect(results.tokens.map(({ principal }) => principal)).toEqual(['admin', 'bob'])
    const proof = { results, main: results.signatures[0] }
    expect(provedTokens(proof).map(({ principal }) => principal)).toEqual(['bob'])
    expect(callerOf(proof)).toBe('bob')
  })
})

test('a Kerberos ticket that somebody else has shown before names nobody by its hash', async () => {
  const sessions = new KerberosSessions()
  const hash = Buffer.alloc(20, 1).toString('base64')
  sessions.add(hash, { principal: 'admin@TEST', service: 'HTTP/test@TEST', key: Buffer.alloc(32), ends: NOW + 1000 })
  const handler = createKerberosHandler({ keytab: new Keytab([]), replays: new ReplayCache(1000) }, sessions)
  const derived = buildElement(
    WSC_200512,
    'wsc:DerivedKeyToken',
    {},
    keyIdentifier(hash, KERBEROS_AP_REQ_SHA1),
    buildElement(WSC_200512, 'wsc:Nonce', {}, Buffer.alloc(16).toString('base64')),
  )
  const results = await receiveTree(
    buildMessage({ header: [identified(derived, 'd')] }),
    receiverPlan(keys, [handler]),
    NOW,
  )
  expect(results.tokens.map(({ principal }) => principal)).toContain('admin@TEST')
  expect(provedTokens({ results, main: undefined })).toEqual([])
})
