import { parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { SecurityFailure } from '../security-failure.ts'
import { pSha1 } from '../tokens/p-sha1.ts'
import {
  askForToken,
  readTokenAnswer,
  type ReceivedToken,
  TokenCache,
  type TokenWish,
  TRUST_13,
  TRUST_2005,
  TrustFailure,
} from './index.ts'
import { WST_200512 } from './trust-version.ts'

const wish: TokenWish = {
  version: TRUST_13,
  operation: 'issue',
  context: false,
  tokenType: 'urn:type',
  keyType: 'symmetric',
  appliesTo: 'https://x',
}
const question = () => askForToken(wish, (size) => Buffer.alloc(size, 1))
const answer = (inside: string): ReceivedToken =>
  readTokenAnswer(
    parseXml(
      `<t:RequestSecurityTokenResponseCollection xmlns:t="${WST_200512}"><t:RequestSecurityTokenResponse>${inside}</t:RequestSecurityTokenResponse></t:RequestSecurityTokenResponseCollection>`,
    ).root,
    question(),
  )
const token = '<t:RequestedSecurityToken><x xmlns="urn:x"/></t:RequestedSecurityToken>'

describe('a request', () => {
  test('says what is wanted, with our entropy', () => {
    const text = printXml(question().element)
    expect(text).toContain('<wst:TokenType>urn:type</wst:TokenType>')
    expect(text).toContain(`<wst:KeyType>${WST_200512}/SymmetricKey</wst:KeyType><wst:KeySize>256</wst:KeySize>`)
    expect(text).toContain(Buffer.alloc(32, 1).toString('base64'))
    expect(question().action).toBe(`${WST_200512}/RST/Issue`)
  })

  test('repeats the template of the policy, which wins', () => {
    const template = parseXml(
      `<t xmlns:w="${WST_200512}"><w:TokenType>urn:other</w:TokenType><w:KeyType>k</w:KeyType><w:KeySize>128</w:KeySize></t>`,
    ).root
    const text = printXml(askForToken({ ...wish, template }).element)
    expect(text).toContain('urn:other')
    expect(text).not.toContain('urn:type')
    expect(text.match(/KeyType/g)).toHaveLength(2)
    expect(printXml(template)).toContain('urn:other')
  })

  test('for a bearer token has no entropy, and one in the old version another word', () => {
    const text = printXml(askForToken({ ...wish, version: TRUST_2005, keyType: 'bearer' }).element)
    expect(text).toContain('NoProofKey')
    expect(text).not.toContain('Entropy')
  })
})

describe('an answer', () => {
  test('with a computed key gives the key of both parts', () => {
    const theirs = Buffer.alloc(32, 2)
    const { secret, expires } = answer(
      `${token}<t:RequestedProofToken><t:ComputedKey>${WST_200512}/CK/PSHA1</t:ComputedKey></t:RequestedProofToken><t:Entropy><t:BinarySecret>${theirs.toString('base64')}</t:BinarySecret></t:Entropy><t:KeySize>128</t:KeySize>`,
    )
    expect(secret).toEqual(pSha1(Buffer.alloc(32, 1), theirs, 16))
    expect(expires).toBeUndefined()
  })

  test('with a secret gives that; with no proof our own part is the key', () => {
    expect(
      answer(`${token}<t:RequestedProofToken><t:BinarySecret>AQID</t:BinarySecret></t:RequestedProofToken>`).secret,
    ).toEqual(Buffer.from([1, 2, 3]))
    expect(answer(token).secret).toEqual(Buffer.alloc(32, 1))
  })

  test('tells how to refer to the token, and its end', () => {
    const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
    const str = (inside: string) =>
      `<SecurityTokenReference xmlns="${wsse}" xmlns:w11="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd" w11:TokenType="urn:t">${inside}</SecurityTokenReference>`
    const found = answer(
      `${token}<t:RequestedAttachedReference>${str('<Reference URI="#a" ValueType="v"/>')}</t:RequestedAttachedReference><t:RequestedUnattachedReference>${str('<KeyIdentifier ValueType="v" EncodingType="e">id</KeyIdentifier>')}</t:RequestedUnattachedReference>` +
        '<t:Lifetime><u:Expires xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2026-11-22T12:00:00Z</u:Expires></t:Lifetime>',
    )
    expect(found.attached).toEqual({ form: 'reference', value: '#a', valueType: 'v', tokenType: 'urn:t' })
    expect(found.unattached).toEqual({
      form: 'key-identifier',
      value: 'id',
      valueType: 'v',
      tokenType: 'urn:t',
      encodingType: 'e',
    })
    expect(found.expires).toBe(Date.UTC(2026, 10, 22, 12))
    expect(found.element.parent).toBeNull()
  })

  test.each([
    ['no token', '', /holds no token/],
    ['two tokens', token + token, /invalid or malformed/],
    ['an encrypted proof', `${token}<t:RequestedProofToken><x/></t:RequestedProofToken>`, /a proof by x/],
    [
      'another computation',
      `${token}<t:RequestedProofToken><t:ComputedKey>urn:x</t:ComputedKey></t:RequestedProofToken>`,
      /algorithm of the computed key/,
    ],
    [
      'a computed key of one part',
      `${token}<t:RequestedProofToken><t:ComputedKey>${WST_200512}/CK/PSHA1</t:ComputedKey></t:RequestedProofToken>`,
      /a part of the computed key is missing/,
    ],
    [
      'a secret that is none',
      `${token}<t:RequestedProofToken><t:BinarySecret>?</t:BinarySecret></t:RequestedProofToken>`,
      /not base64/,
    ],
    ['a huge key', `${token}<t:KeySize>99999</t:KeySize>`, /no usable size/],
  ])('with %s is refused', (_, inside, expected) => {
    expect(() => answer(inside)).toThrow(expected)
    expect(() => answer(inside)).toThrow(TrustFailure)
  })

  test('is an answer', () => {
    expect(() => readTokenAnswer(parseXml('<x/>').root, question())).toThrow('x is no answer')
    expect(() =>
      readTokenAnswer(parseXml(`<RequestSecurityTokenResponseCollection xmlns="${WST_200512}"/>`).root, question()),
    ).toThrow('does not hold one token')
  })
})

describe('the cache', () => {
  const received = (expires?: number): ReceivedToken => ({ ...answer(token), expires })

  test('asks once for all that wait, and again before the token ends', async () => {
    const cache = new TokenCache()
    let asked = 0
    const fetch = async (): Promise<ReceivedToken> => {
      asked++
      return received(100_000)
    }
    const [a, b] = await Promise.all([cache.get('k', 0, fetch), cache.get('k', 0, fetch)])
    expect(a).toBe(b)
    await cache.get('k', 69_999, fetch)
    expect(asked).toBe(1)
    await cache.get('k', 70_000, fetch)
    expect(asked).toBe(2)
  })

  test('keeps no failure', async () => {
    const cache = new TokenCache()
    await expect(cache.get('k', 0, () => Promise.reject(new SecurityFailure('malformed', 'x')))).rejects.toThrow('x')
    expect(cache.size).toBe(0)
    await expect(cache.get('k', 0, async () => received())).resolves.toBeDefined()
  })

  test('keeps a token without an end for its own time, and forgets on demand', async () => {
    const cache = new TokenCache(60_000)
    let asked = 0
    const fetch = async (): Promise<ReceivedToken> => {
      asked++
      return received()
    }
    await cache.get('k', 0, fetch)
    await cache.get('k', 29_999, fetch)
    expect(asked).toBe(1)
    cache.remove('k')
    await cache.get('k', 0, fetch)
    expect(asked).toBe(2)
  })

  test('is bounded', async () => {
    const cache = new TokenCache()
    await Promise.all(Array.from({ length: 1500 }, (_, i) => cache.get(`k${i}`, 0, async () => received(1e9))))
    expect(cache.size).toBe(1000)
  })
})
