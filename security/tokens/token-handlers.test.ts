import { parseXml, printXml, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { wrapKey } from '../encryption/key-wrap.ts'
import { buildElement } from '../message/build-element.ts'
import { DSIG, WSSE, WSU, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { buildMessage, directReference, identified, keyIdentifier } from '../testing/signed-message.ts'
import { identityOf, keyringOf, NOW, receive, receiverOf, refusal } from '../testing/messages.ts'
import type { TokenContext, TokenHandler } from '../token-handler.ts'

const server = identityOf('server')
const keys = keyringOf([server])
const SECRET = Buffer.alloc(32, 5)
const TICKET = 'urn:ticket'

/** Reads tickets: elements, binary tokens, and references to them. */
const handler = (changes: Partial<TokenHandler> = {}): TokenHandler => ({
  elements: [{ namespace: TICKET, name: 'Ticket' }],
  binaryTypes: [TICKET],
  referenceTypes: [`${TICKET}#sha1`, `${TICKET}#uri`],
  read: (element) => ({ kind: 'kerberos', element, secret: SECRET, principal: 'alice' }),
  find: (_type, value) =>
    value === 'known' ? { kind: 'kerberos', element: undefined, secret: SECRET, principal: 'alice' } : undefined,
  ...changes,
})
const receiver = (...handlers: readonly TokenHandler[]) => receiverOf(keys, { handlers })

const ticket = (): XmlElement => identified(buildElement(TICKET, 't:Ticket', {}, 'opaque'), 'ticket')
const signedBy = (keyInfo: XmlElement, header: readonly XmlElement[] = [], key = SECRET): string =>
  printXml(buildMessage({ header, signatures: [{ key, keyInfo, ids: ['body'] }] }))

describe('a token that a handler reads', () => {
  test('is a child of the header', async () => {
    const results = await receive(signedBy(directReference('ticket'), [ticket()]), receiver(handler()))
    expect(results.signatures[0]?.token).toMatchObject({ kind: 'kerberos', principal: 'alice' })
    expect(results.tokens).toHaveLength(1)
  })

  test('is a binary token', async () => {
    const binary = identified(buildElement(WSSE, 'wsse:BinarySecurityToken', { ValueType: TICKET }, 'AAAA'), 'ticket')
    const results = await receive(signedBy(directReference('ticket'), [binary]), receiver(handler()))
    expect(results.signatures[0]?.token.element?.name).toBe('BinarySecurityToken')
  })

  test('is waited for', async () => {
    const later = handler({ read: async (element) => ({ kind: 'kerberos', element, secret: SECRET }) })
    const received = receive(signedBy(directReference('ticket'), [ticket()]), receiver(later))
    expect(received).toBeInstanceOf(Promise)
    expect((await received).signatures).toHaveLength(1)
  })

  test('is embedded in a reference', async () => {
    const str = buildElement(WSSE, 'wsse:SecurityTokenReference', {}, buildElement(WSSE, 'wsse:Embedded', {}, ticket()))
    const results = await receive(signedBy(str), receiver(handler()))
    expect(results.signatures[0]?.reference).toBe('embedded')
  })

  test('cannot be waited for inside of a reference', async () => {
    const str = buildElement(WSSE, 'wsse:SecurityTokenReference', {}, buildElement(WSSE, 'wsse:Embedded', {}, ticket()))
    const later = handler({ read: () => Promise.reject(new Error('nobody looks at this')) })
    expect((await refusal(signedBy(str), receiver(later))).reason).toBe('token-unavailable')
  })

  test.each([
    [`${TICKET}#sha1`, 'known', undefined],
    [`${TICKET}#sha1`, 'unknown', 'token-unavailable'],
    ['urn:other', 'known', 'token-unavailable'],
  ])('is found by a KeyIdentifier %s %s', async (type, value, reason) => {
    const text = signedBy(keyIdentifier(value, type))
    if (reason === undefined)
      expect((await receive(text, receiver(handler()))).signatures[0]?.reference).toBe('key-identifier')
    else expect((await refusal(text, receiver(handler()))).reason).toBe(reason)
  })

  test.each([
    ['known', undefined],
    ['unknown', 'reference-refused'],
  ])('is found by a URI %s', async (uri, reason) => {
    const reference = buildElement(WSSE, 'wsse:Reference', { URI: uri, ValueType: `${TICKET}#uri` })
    const text = signedBy(buildElement(WSSE, 'wsse:SecurityTokenReference', {}, reference))
    if (reason === undefined)
      expect((await receive(text, receiver(handler()))).signatures[0]?.reference).toBe('external')
    else expect((await refusal(text, receiver(handler()))).reason).toBe(reason)
  })

  test('that does not exist is not understood', async () => {
    expect((await refusal(signedBy(directReference('ticket'), [ticket()]), receiver())).reason).toBe(
      'token-unsupported',
    )
  })

  test('that is not valid fails the message, at once or later', async () => {
    const invalid = () => {
      throw new SecurityFailure('token-invalid', 'the ticket is old')
    }
    expect(
      (await refusal(signedBy(directReference('ticket'), [ticket()]), receiver(handler({ read: invalid })))).reason,
    ).toBe('token-invalid')
    const later = handler({ read: () => Promise.reject(new SecurityFailure('token-expired', 'the ticket is old')) })
    expect((await refusal(signedBy(directReference('ticket'), [ticket()]), receiver(later))).reason).toBe(
      'token-expired',
    )
  })

  test('makes no signature of a public key, and with another secret none at all', async () => {
    const other = signedBy(directReference('ticket'), [ticket()], Buffer.alloc(32, 6))
    expect((await refusal(other, receiver(handler()))).reason).toBe('signature-wrong')
    const keyless = handler({ read: (element) => ({ kind: 'saml', element }) })
    expect((await refusal(signedBy(directReference('ticket'), [ticket()]), receiver(keyless))).reason).toBe(
      'key-refused',
    )
  })
})

describe('a key that a token vouches for', () => {
  const holder = identityOf('holder', { key: 'ec' })
  const text = printXml(
    buildMessage({
      header: [ticket()],
      signatures: [{ key: holder.key, keyInfo: directReference('ticket'), ids: ['body'] }],
    }),
  )

  test.each([
    ['a public key', { publicKey: holder.chain[0].publicKey }],
    ['a certificate that nobody else knows', { certificates: holder.chain }],
  ])('as %s signs', async (_what, key) => {
    const holderOfKey = handler({ read: (element) => ({ kind: 'saml', element, ...key }) })
    expect((await receive(text, receiver(holderOfKey))).signatures[0]?.token.kind).toBe('saml')
  })
})

describe('confirmation', () => {
  test('comes last, with everything that was proved', async () => {
    const seen: string[] = []
    const confirming = handler({
      confirm: (token, { signatures, body }, { now }) => {
        seen.push(`${token.kind} ${signatures[0]?.covered[0]?.node === body} ${now === NOW}`)
      },
    })
    await receive(signedBy(directReference('ticket'), [ticket()]), receiver(confirming))
    expect(seen).toEqual(['kerberos true true'])
  })

  test('that fails refuses the message', async () => {
    const doubting = handler({
      confirm: () => {
        throw new SecurityFailure('subject-unconfirmed', 'somebody else signed')
      },
    })
    expect((await refusal(signedBy(directReference('ticket'), [ticket()]), receiver(doubting))).reason).toBe(
      'subject-unconfirmed',
    )
  })
})

describe('what a handler may use', () => {
  /** Runs something with the context of a message that holds an element. */
  async function inContext<T>(element: XmlElement, run: (element: XmlElement, context: TokenContext) => T): Promise<T> {
    let result: { readonly value: T } | undefined
    const running = handler({
      read: (found, context) => {
        result = { value: run(found, context) }
        return { kind: 'saml', element: found, secret: SECRET }
      },
    })
    const wrapped = identified(buildElement(TICKET, 't:Ticket', {}, element), 'ticket')
    await receive(signedBy(directReference('ticket'), [wrapped]), receiver(running))
    if (result === undefined) throw new Error('the handler was not asked')
    return result.value
  }
  const inside = (element: XmlElement): XmlElement => {
    const [child] = element.children
    if (child?.type !== 1) throw new Error('there is no element inside')
    return child
  }
  const ds = (name: string, ...content: (XmlElement | string)[]) => buildElement(DSIG, `ds:${name}`, {}, ...content)

  test('the key in a KeyInfo: a certificate', async () => {
    const info = ds('KeyInfo', ds('X509Data', ds('X509Certificate', server.chain[0].raw.toString('base64'))))
    const key = await inContext(info, (element, context) => context.keyIn(inside(element)))
    expect('certificates' in key && key.certificates?.[0].fingerprint256).toBe(server.chain[0].fingerprint256)
  })

  test('the key in a KeyInfo: a key value', async () => {
    const { n = '', e = '' } = server.chain[0].publicKey.export({ format: 'jwk' })
    const base64 = (text: string) => Buffer.from(text, 'base64url').toString('base64')
    const info = ds('KeyInfo', ds('KeyValue', ds('RSAKeyValue', ds('Modulus', base64(n)), ds('Exponent', base64(e)))))
    const key = await inContext(info, (element, context) => context.keyIn(inside(element)))
    expect('publicKey' in key && key.publicKey?.equals(server.chain[0].publicKey)).toBe(true)
  })

  test('what it knows of the message', async () => {
    const { now, skew, keys: known } = await inContext(ds('KeyInfo'), (_element, context) => context)
    expect([now, skew, known]).toEqual([NOW, 0, keys])
  })
})

describe('a key that is wrapped with a secret that both sides know', () => {
  const inner = Buffer.alloc(24, 9)
  const wrapped = (kind: SecurityToken['kind'], wrapping = SECRET) => {
    const cipher = buildElement(
      XENC,
      'xenc:CipherData',
      {},
      buildElement(XENC, 'xenc:CipherValue', {}, wrapKey(`${XENC}kw-aes256`, wrapping, inner).toString('base64')),
    )
    const method = buildElement(XENC, 'xenc:EncryptionMethod', { Algorithm: `${XENC}kw-aes256` })
    const key = buildElement(
      XENC,
      'xenc:EncryptedKey',
      { Id: 'wrapped' },
      method,
      buildElement(DSIG, 'ds:KeyInfo', {}, directReference('ticket')),
      cipher,
    )
    return {
      text: signedBy(directReference('wrapped'), [ticket(), key], inner),
      plan: receiver(handler({ read: (element) => ({ kind, element, secret: SECRET }) })),
    }
  }

  test('signs', async () => {
    const { text, plan } = wrapped('security-context')
    expect((await receive(text, plan)).signatures[0]?.token).toMatchObject({
      kind: 'encrypted-key',
      source: { kind: 'security-context' },
    })
  })

  test('is not unwrapped where the suite has no key wrap', async () => {
    const { text, plan } = wrapped('security-context')
    const algorithms = { ...plan.algorithms, keyWrap: new Set<string>() }
    expect((await refusal(text, { ...plan, algorithms })).reason).toBe('algorithm-refused')
  })

  test('is not unwrapped with a secret that came in a key itself', async () => {
    const { text, plan } = wrapped('encrypted-key')
    expect((await refusal(text, plan)).reason).toBe('key-refused')
  })

  test('that was wrapped with another fails like every decryption', async () => {
    const { text, plan } = wrapped('kerberos', Buffer.alloc(32, 1))
    expect((await refusal(text, plan)).reason).toBe('decryption-failed')
  })
})

test('the identifier of a token is its wsu:Id', () => {
  expect(parseXml(printXml(ticket())).root.attributes[0]).toMatchObject({ name: 'Id', namespace: WSU, value: 'ticket' })
})
