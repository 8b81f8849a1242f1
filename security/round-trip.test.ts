import { canonicalXml, elements, makePart, parseXml, textOf, type XmlDocument, type XmlElement } from 'viaduct'
import { expect, test, describe } from 'vitest'
import { DSIG, DSIG_MORE, DSIG_MORE_2007, XENC, XENC11 } from './names.ts'
import type { CertificateReference, EncryptedKeyStep, KeyTransport, ProtectStep, UsernameTokenStep } from './plan.ts'
import {
  ADDRESSING,
  decrypted,
  encryption,
  headerChildren,
  identityOf,
  keyringOf,
  mac,
  orderMessage,
  planOf,
  receive,
  receiverOf,
  send,
  signature,
  signedNames,
  SOAP_12,
  timestamp,
} from './testing/messages.ts'

const client = identityOf('client')
const server = identityOf('server')
const curve = identityOf('curve', { key: 'ec' })
const keys = keyringOf([server], [client.chain[0], curve.chain[0]])
const receiver = receiverOf(keys)
const certificate = server.chain[0]

/** A body's content with every declaration in it, but none of what security declares around it. */
const bodyOf = (body: XmlElement): string =>
  elements(body)
    .map((child) => canonicalXml(child, { form: 'exclusive', prefixes: ['m', 'xsi', 'wsa', 'soapenv', '#default'] }))
    .join('')

const plainBody = (text = orderMessage()): string => bodyOf(elements(parseXml(text).root).at(-1) ?? parseXml(text).root)

describe('signatures', () => {
  const references: CertificateReference[] = [
    'direct',
    'pkipath',
    'embedded',
    'issuer-serial',
    'key-identifier',
    'thumbprint',
    'certificate',
    'key-name',
  ]
  test.each(references)('a certificate is referred to by %s', async (reference) => {
    const sent = send([timestamp, signature(client, { key: { kind: 'identity', identity: client, reference } })])
    const results = await receive(sent, receiver)
    expect(signedNames(results)).toEqual(['Body', 'Timestamp'])
    expect(results.signatures[0]?.reference).toBe(reference === 'pkipath' ? 'direct' : reference)
    expect(results.signatures[0]?.token.certificates?.[0].fingerprint256).toBe(client.chain[0].fingerprint256)
    expect(results.signatures[0]?.token.principal).toBe('O=Test,CN=client')
    expect(results.signatures[0]?.value).toBe(sent.signatures[0])
  })

  test.each(references)('the token of a signature is signed too, referred to by %s', async (reference) => {
    const key = { kind: 'identity', identity: client, reference } as const
    const results = await receive(send([timestamp, signature(client, { key, protectToken: true })]), receiver)
    const token = results.signatures[0]?.covered.at(-1)
    expect(token?.node?.name).toBe(
      reference === 'direct' || reference === 'pkipath' || reference === 'embedded' ? 'BinarySecurityToken' : undefined,
    )
    expect((token?.token ?? results.signatures[0]?.token)?.certificates?.[0]).toBe(
      results.signatures[0]?.token.certificates?.[0],
    )
  })

  test.each([
    [`${DSIG}rsa-sha1`, client],
    ...['224', '256', '384', '512'].flatMap((bits) => [
      [`${DSIG_MORE}rsa-sha${bits}`, client] as const,
      [`${DSIG_MORE}ecdsa-sha${bits}`, curve] as const,
      [`${DSIG_MORE_2007}sha${bits}-rsa-MGF1`, client] as const,
    ]),
  ] as const)('%s', async (algorithm, identity) => {
    const results = await receive(send([timestamp, signature(identity, { algorithm })]), receiver)
    expect(results.signatures[0]?.algorithm).toBe(algorithm)
  })

  test.each([`${DSIG}sha1`, `${DSIG_MORE}sha224`, `${XENC}sha256`, `${DSIG_MORE}sha384`, `${XENC}sha512`])(
    'digest %s',
    async (digest) => {
      expect(signedNames(await receive(send([timestamp, signature(client, { digest })]), receiver))).toHaveLength(2)
    },
  )

  test.each([
    'http://www.w3.org/2001/10/xml-exc-c14n#',
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    'http://www.w3.org/2006/12/xml-c14n11',
  ])('canonicalisation %s', async (canonicalization) => {
    const results = await receive(send([timestamp, signature(client, { canonicalization })]), receiver)
    expect(signedNames(results)).toEqual(['Body', 'Timestamp'])
  })

  test.each(['direct', 'embedded', 'thumbprint'] as const)(
    'inclusive canonicalisation of a signed token, %s',
    async (reference) => {
      const canonicalization = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
      const key = { kind: 'identity', identity: client, reference } as const
      const sent = send([timestamp, signature(client, { canonicalization, key, protectToken: true })])
      expect((await receive(sent, receiver)).signatures[0]?.covered).toHaveLength(3)
    },
  )

  test('headers by name, by namespace and all of them, once each', async () => {
    const named = { part: 'header', namespace: ADDRESSING, name: 'To' } as const
    const every = { part: 'header', namespace: ADDRESSING, name: undefined } as const
    const absent = { part: 'header', namespace: 'urn:absent', name: 'Nothing' } as const
    const one = await receive(send([timestamp, signature(client, { parts: [named, absent] })]), receiver)
    expect(signedNames(one)).toEqual(['To'])
    const both = await receive(send([signature(client, { parts: [named, every, { part: 'headers' }] })]), receiver)
    expect(signedNames(both)).toEqual(['To', 'MessageID'])
  })

  test('elements that an expression selects', async () => {
    const select = { part: 'elements', select: (tree: XmlDocument) => symbols(tree.root) } as const
    const results = await receive(send([signature(client, { parts: [select] })]), receiver)
    expect(signedNames(results)).toEqual(['symbol'])
  })

  test('a signature over nothing is not made', () => {
    const sent = send([signature(client, { parts: [{ part: 'header', namespace: 'urn:absent', name: undefined }] })])
    expect(headerChildren(sent.tree)).toEqual([])
    expect(sent.signatures).toEqual([])
  })

  test('an endorsing signature covers the main one', async () => {
    const endorsing = signature(curve, {
      name: 'endorsing',
      algorithm: `${DSIG_MORE}ecdsa-sha256`,
      parts: [{ part: 'signature', name: 'signature' }],
    })
    const results = await receive(send([timestamp, signature(client), endorsing]), receiver)
    const [first, second] = results.signatures
    expect(first?.covered[0]?.node).toBe(second?.element)
    expect(first?.token.principal).toBe('O=Test,CN=curve')
  })

  test('the node that is signed is the node of the tree that goes on', async () => {
    const results = await receive(send([timestamp, signature(client)]), receiver)
    const nodes = results.signatures[0]?.covered.map(({ node }) => node)
    expect(nodes).toEqual([results.body, results.timestamp?.element])
    expect(nodes?.[0]).toBe(elements(results.envelope.root).at(-1))
  })

  test('identifiers that the message has already are used', async () => {
    const text = orderMessage().replace(
      '<soapenv:Body>',
      '<soapenv:Body xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" wsu:Id="mine">',
    )
    const sent = send([signature(client, { parts: [{ part: 'body' }] })], {}, text)
    expect(sent.text).toContain('URI="#mine"')
    expect(signedNames(await receive(sent, receiver))).toEqual(['Body'])
  })

  test('a prefix wsu that means something else is left alone', async () => {
    const text = orderMessage().replace('<soapenv:Body>', '<soapenv:Body xmlns:wsu="urn:other">')
    const sent = send([signature(client, { parts: [{ part: 'body' }] })], {}, text)
    expect(sent.text).toContain('wsu1:Id=')
    expect(signedNames(await receive(sent, receiver))).toEqual(['Body'])
  })
})

function symbols(element: XmlElement): XmlElement[] {
  return [...(element.name === 'symbol' ? [element] : []), ...elements(element).flatMap(symbols)]
}

describe('encryption', () => {
  test.each([
    `${XENC}tripledes-cbc`,
    `${XENC}aes128-cbc`,
    `${XENC}aes192-cbc`,
    `${XENC}aes256-cbc`,
    `${XENC11}aes128-gcm`,
    `${XENC11}aes192-gcm`,
    `${XENC11}aes256-gcm`,
  ])('%s', async (algorithm) => {
    const sent = send([encryption(certificate, { algorithm })])
    expect(sent.text).not.toContain('IBM')
    const results = await receive(sent, receiver)
    expect(decrypted(results)).toEqual(['content Body'])
    expect(results.decryptions[0]?.node).toBe(results.body)
    expect(bodyOf(results.body)).toBe(plainBody())
    expect(results.leftover).toEqual([])
  })

  const hashes = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
  const digestOf = (hash: string): string =>
    ({ sha1: `${DSIG}sha1`, sha256: `${XENC}sha256`, sha512: `${XENC}sha512` })[hash] ?? `${DSIG_MORE}${hash}`
  const transports: KeyTransport[] = [
    { algorithm: `${XENC}rsa-1_5` },
    { algorithm: `${XENC}rsa-oaep-mgf1p` },
    ...hashes.map((hash) => ({ algorithm: `${XENC}rsa-oaep-mgf1p`, digest: digestOf(hash) })),
    ...hashes.flatMap((digest) =>
      hashes.map((mgf) => ({ algorithm: `${XENC11}rsa-oaep`, digest: digestOf(digest), mgf: `${XENC11}mgf1${mgf}` })),
    ),
  ]
  test.each(transports.map((transport) => [JSON.stringify(transport), transport] as const))(
    'key transport %s',
    async (_name, transport) => {
      const key = { kind: 'fresh', recipient: certificate, reference: 'thumbprint', transport } as const
      const results = await receive(send([encryption(certificate, { key })]), receiver)
      expect(bodyOf(results.body)).toBe(plainBody())
    },
  )

  test.each([
    'direct',
    'pkipath',
    'embedded',
    'issuer-serial',
    'key-identifier',
    'thumbprint',
    'certificate',
    'key-name',
  ] as const)('the recipient is referred to by %s', async (reference) => {
    const key = {
      kind: 'fresh',
      recipient: certificate,
      reference,
      transport: { algorithm: `${XENC}rsa-oaep-mgf1p` },
    } as const
    const results = await receive(send([encryption(certificate, { key })]), receiver)
    expect(bodyOf(results.body)).toBe(plainBody())
  })

  test('elements, content of elements, and both at once', async () => {
    const card = {
      part: 'elements',
      content: false,
      select: (tree: XmlDocument) => named(tree.root, 'card'),
    } as const
    const symbol = {
      part: 'elements',
      content: true,
      select: (tree: XmlDocument) => symbols(tree.root),
    } as const
    const results = await receive(send([encryption(certificate, { parts: [card, symbol] })]), receiver)
    expect(decrypted(results).sort()).toEqual(['content symbol', 'element card'])
    expect(bodyOf(results.body)).toBe(plainBody())
  })

  test('an element inside of the encrypted body is encrypted twice and read', async () => {
    const card = {
      part: 'elements',
      content: false,
      select: (tree: XmlDocument) => named(tree.root, 'card'),
    } as const
    const sent = send([encryption(certificate, { parts: [card] }), encryption(certificate)])
    const results = await receive(sent, receiver)
    expect(decrypted(results)).toEqual(['content Body', 'element card'])
    expect(bodyOf(results.body)).toBe(plainBody())
  })

  test('a header becomes an EncryptedHeader that shows what others have to see', async () => {
    const to = { part: 'header', namespace: ADDRESSING, name: 'To' } as const
    const sent = send([encryption(certificate, { parts: [to, { part: 'body' }] })])
    expect(sent.text).toMatch(/<wsse11:EncryptedHeader [^>]*soapenv:mustUnderstand="1"/)
    const results = await receive(sent, receiver)
    expect(decrypted(results)).toEqual(['header To', 'content Body'])
    expect(elements(results.header ?? results.body).map(({ name }) => name)).toEqual(['Security', 'To', 'MessageID'])
  })

  test('a body without content', async () => {
    const text = orderMessage().replace(/<soapenv:Body>.*<\/soapenv:Body>/, '<soapenv:Body/>')
    const results = await receive(send([timestamp, signature(client), encryption(certificate)], {}, text), receiver)
    expect(results.body.children).toEqual([])
    expect(signedNames(results)).toContain('Body')
  })

  test('text, comments and elements beside each other', async () => {
    const text = orderMessage(undefined, 'a&amp;b<x xmlns=""/>\r\n c<!-- gone -->d &#13;')
    const results = await receive(send([timestamp, signature(client), encryption(certificate)], {}, text), receiver)
    expect(textOf(results.body)).toBe('a&b\n cd \r')
  })

  test('nothing is encrypted for parts that are not there', () => {
    const absent = { part: 'header', namespace: 'urn:absent', name: undefined } as const
    expect(headerChildren(send([encryption(certificate, { parts: [absent] })]).tree)).toEqual([])
  })
})

const named = (element: XmlElement, name: string): XmlElement[] => [
  ...(element.name === name ? [element] : []),
  ...elements(element).flatMap((child) => named(child, name)),
]

describe('order of protection', () => {
  test.each(['1.1', '1.2'])('signed, then encrypted, SOAP %s', async (version) => {
    const text = version === '1.1' ? orderMessage() : orderMessage(SOAP_12)
    const sent = send([timestamp, signature(client), encryption(certificate)], {}, text)
    expect(headerChildren(sent.tree)).toEqual(['Timestamp', 'BinarySecurityToken', 'EncryptedKey', 'Signature'])
    const results = await receive(sent, receiver)
    expect(results.decryptions[0]?.order).toBeLessThan(results.signatures[0]?.order ?? -1)
    expect(bodyOf(results.body)).toBe(plainBody(text))
  })

  test('the signature is encrypted too', async () => {
    const parts = [{ part: 'body' }, { part: 'signature', name: 'signature' }] as const
    const sent = send([timestamp, signature(client), encryption(certificate, { parts })])
    expect(sent.text).not.toContain('SignedInfo')
    const results = await receive(sent, receiver)
    expect(results.decryptions.some(({ node }) => node === results.signatures[0]?.element)).toBe(true)
  })

  test('encrypted, then signed: the list stands behind the signature', async () => {
    const sent = send([timestamp, encryption(certificate), signature(client)])
    expect(headerChildren(sent.tree)).toEqual([
      'Timestamp',
      'EncryptedKey',
      'BinarySecurityToken',
      'Signature',
      'ReferenceList',
    ])
    const results = await receive(sent, receiver)
    expect(results.signatures[0]?.order).toBeLessThan(results.decryptions[0]?.order ?? -1)
    expect(signedNames(results)).toEqual(['Body', 'Timestamp'])
    expect(bodyOf(results.body)).toBe(plainBody())
  })

  test('what hides a header or an element is signed in its stead, and the plain one counts as signed', async () => {
    const to = { part: 'header', namespace: ADDRESSING, name: 'To' } as const
    const card = {
      part: 'elements',
      content: false,
      select: (tree: XmlDocument) => named(tree.root, 'card'),
    } as const
    const sent = send([
      timestamp,
      encryption(certificate, { parts: [to, card] }),
      signature(client, { parts: [to, card] }),
    ])
    const results = await receive(sent, receiver)
    expect(signedNames(results).sort()).toEqual(['To', 'card'])
    expect(results.signatures[0]?.covered.map(({ node }) => node)).toContain(
      elements(results.header ?? results.body)[1],
    )
  })

  test('encrypted, signed, and the signature encrypted with the same key', async () => {
    const secret = encryptedKey('session')
    const key = { kind: 'named', name: 'session' } as const
    const hidden = [{ part: 'signature', name: 'signature' }] as const
    const sent = send([
      timestamp,
      secret,
      encryption(certificate, { key }),
      signature(client),
      encryption(certificate, { key, parts: hidden }),
    ])
    const results = await receive(sent, receiver)
    expect(decrypted(results)).toEqual(['element Signature', 'content Body'])
    expect(results.signatures).toHaveLength(1)
  })
})

const encryptedKey = (name: string, length = 32): EncryptedKeyStep => ({
  step: 'encrypted-key',
  name,
  recipient: certificate,
  reference: 'thumbprint',
  length,
  transport: { algorithm: `${XENC}rsa-oaep-mgf1p` },
})

describe('secrets', () => {
  const key = { kind: 'named', name: 'secret' } as const

  test.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('HMAC with %s', async (hash) => {
    const algorithm = hash === 'sha1' ? `${DSIG}hmac-sha1` : `${DSIG_MORE}hmac-${hash}`
    const results = await receive(send([timestamp, encryptedKey('secret'), mac('secret', { algorithm })]), receiver)
    expect(results.signatures[0]?.token.kind).toBe('encrypted-key')
    expect(results.signatures[0]?.token.source?.certificates?.[0].fingerprint256).toBe(certificate.fingerprint256)
  })

  test('one secret signs and encrypts', async () => {
    const sent = send([timestamp, encryptedKey('secret'), mac('secret'), encryption(certificate, { key })])
    expect(headerChildren(sent.tree)).toEqual(['Timestamp', 'EncryptedKey', 'ReferenceList', 'Signature'])
    const results = await receive(sent, receiver)
    expect(results.decryptions[0]?.token).toBe(results.signatures[0]?.token)
    expect(bodyOf(results.body)).toBe(plainBody())
  })

  test.each(['2005/02', '200512'] as const)('keys derived from it, %s', async (version) => {
    const derived = (name: string, length: number): ProtectStep => ({
      step: 'derived-key',
      name,
      from: 'secret',
      length,
      version,
    })
    const results = await receive(
      send([
        timestamp,
        encryptedKey('secret'),
        derived('signing', 24),
        derived('encrypting', 32),
        mac('signing'),
        encryption(certificate, { key: { kind: 'named', name: 'encrypting' } }),
      ]),
      receiver,
    )
    expect(results.signatures[0]?.token.kind).toBe('derived-key')
    expect(results.signatures[0]?.token.source).toBe(results.decryptions[0]?.token.source)
  })

  test('an answer refers to the secret of the request by EncryptedKeySHA1', async () => {
    const request = send([timestamp, encryptedKey('secret'), mac('secret')])
    const [[name, secret] = ['', Buffer.alloc(0)]] = request.secrets
    const reference = {
      form: 'key-identifier',
      value: name,
      valueType: 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKeySHA1',
    } as const
    const secrets = new Map([['secret', { secret, reference }]])
    const answer = send([timestamp, mac('secret'), encryption(certificate, { key })], { secrets })
    expect(headerChildren(answer.tree)).toEqual(['Timestamp', 'ReferenceList', 'Signature'])
    const known = {
      find: (kind: string, id: string) => (kind === 'encrypted-key' && id === name ? { secret } : undefined),
    }
    const results = await receive(answer, receiver, { secrets: known })
    expect(results.signatures[0]?.reference).toBe('encrypted-key-sha1')
    expect(bodyOf(results.body)).toBe(plainBody())
  })

  test('the receiver of a request hands on the name of its secret', async () => {
    const request = send([timestamp, encryptedKey('secret'), mac('secret')])
    const results = await receive(request, receiver)
    expect(results.signatures[0]?.token.detail).toBe([...request.secrets.keys()][0])
    expect(results.signatures[0]?.token.secret?.equals([...request.secrets.values()][0] ?? Buffer.alloc(0))).toBe(true)
  })
})

describe('user names', () => {
  const alice = { name: 'alice', roles: [], claims: new Map<string, string>() }
  const users = {
    find: (name: string) => Promise.resolve(name === 'alice' ? alice : undefined),
    password: (name: string) => Promise.resolve(name === 'alice' ? 'sécret' : undefined),
    prove: (name: string, fits: (password: string | undefined) => boolean) =>
      Promise.resolve(fits(name === 'alice' ? 'sécret' : undefined) ? alice : undefined),
    authenticate: (name: string, password: string) =>
      Promise.resolve(name === 'alice' && password === 'sécret' ? alice : undefined),
  }
  const credentials = { user: 'alice', password: 'sécret' }
  const token = (changes: Partial<UsernameTokenStep>): UsernameTokenStep => ({
    step: 'username-token',
    name: 'user',
    password: 'text',
    nonce: true,
    created: true,
    ...changes,
  })

  test.each(['text', 'digest', 'none'] as const)('password as %s', async (password) => {
    const results = await receive(send([token({ password })], { credentials }), receiver, { users })
    expect(results.tokens[0]).toMatchObject({ kind: 'username', principal: 'alice', password })
  })

  test('a password as text without nonce and time', async () => {
    const sent = send([token({ nonce: false, created: false })], { credentials })
    expect(sent.text).not.toContain('Nonce')
    expect((await receive(sent, receiver, { users })).tokens).toHaveLength(1)
  })

  test('signed and encrypted', async () => {
    const user = { part: 'token', name: 'user' } as const
    const sent = send(
      [
        timestamp,
        token({}),
        encryptedKey('secret'),
        mac('secret', { parts: [{ part: 'body' }, user] }),
        encryption(certificate, { key: { kind: 'named', name: 'secret' }, parts: [{ part: 'body' }, user] }),
      ],
      { credentials },
    )
    expect(sent.text).not.toContain('alice')
    const results = await receive(sent, receiver, { users })
    const username = results.tokens.find(({ kind }) => kind === 'username')
    expect(results.signatures[0]?.covered[1]?.node).toBe(username?.element)
    expect(results.decryptions.some(({ node }) => node === username?.element)).toBe(true)
  })

  test('a key derived from the password signs', async () => {
    const derived = { iterations: 1000, use: 'signature' } as const
    const sent = send([timestamp, token({ password: 'none', derived }), mac('user')], { credentials })
    expect(headerChildren(sent.tree)).toEqual(['Timestamp', 'UsernameToken', 'Signature'])
    const results = await receive(sent, receiver, { users })
    expect(results.signatures[0]?.token).toMatchObject({ kind: 'username', principal: 'alice', password: 'derived' })
  })
})

describe('confirmations', () => {
  const parts = [{ part: 'body' }, { part: 'timestamp' }, { part: 'confirmations' }] as const

  test('of every signature of the request, signed', async () => {
    const confirm = [{ value: 'AAAA' }, { value: 'BBBB' }]
    const results = await receive(
      send([timestamp, { step: 'confirmation' }, signature(client, { parts })], { confirm }),
      receiver,
    )
    expect(results.confirmations.map(({ value }) => value)).toEqual(['AAAA', 'BBBB'])
    expect(signedNames(results)).toEqual(['Body', 'Timestamp', 'SignatureConfirmation', 'SignatureConfirmation'])
  })

  test('that there was none', async () => {
    const results = await receive(
      send([{ step: 'confirmation' }, signature(client, { parts })], { confirm: [] }),
      receiver,
    )
    expect(results.confirmations.map(({ value }) => value)).toEqual([undefined])
  })

  test('encrypted', async () => {
    const hidden = encryption(certificate, { parts: [{ part: 'confirmations' }] })
    const sent = send([{ step: 'confirmation' }, signature(client, { parts }), hidden], {
      confirm: [{ value: 'AAAA' }],
    })
    expect(sent.text).not.toContain('AAAA')
    expect((await receive(sent, receiver)).confirmations[0]?.value).toBe('AAAA')
  })
})

describe('attachments', () => {
  const image = makePart('image@example.org', 'image/png', Buffer.from([1, 2, 3, 0xff, 13, 10]))
  const note = makePart('note', 'text/plain; charset=UTF-8', Buffer.from('one\ntwo\r\nthree\r'))
  const table = makePart('table', 'application/xml', Buffer.from('<t  a="1"/>'))
  const attachments = [image, note, table]

  test.each([true, false])('are signed; complete: %s', async (complete) => {
    const parts = [{ part: 'attachments', complete }] as const
    const results = await receive(send([signature(client, { parts })], { attachments }), receiver)
    expect(results.signatures[0]?.covered).toEqual(
      ['image@example.org', 'note', 'table'].map((attachment) => ({ node: undefined, attachment, complete })),
    )
  })

  test.each([true, false])('are encrypted; complete: %s', async (complete) => {
    const sent = send([encryption(certificate, { parts: [{ part: 'attachments', complete }] })], { attachments })
    expect(sent.attachments.map(({ contentType }) => contentType)).toEqual(Array(3).fill('application/octet-stream'))
    expect(sent.attachments.some(({ bytes }) => bytes.includes('three'))).toBe(false)
    const results = await receive(sent, receiver)
    expect(
      results.attachments.map(({ contentId, contentType, bytes }) => [contentId, contentType, bytes.toString('hex')]),
    ).toEqual(attachments.map(({ contentId, contentType, bytes }) => [contentId, contentType, bytes.toString('hex')]))
    expect(results.decryptions.map(({ kind, complete: whole }) => [kind, whole])).toEqual(
      attachments.map(() => ['attachment', complete]),
    )
  })

  test('are signed, then encrypted, with the body', async () => {
    const every = { part: 'attachments', complete: true } as const
    const sent = send(
      [
        timestamp,
        signature(client, { parts: [{ part: 'body' }, every] }),
        encryption(certificate, { parts: [{ part: 'body' }, every] }),
      ],
      { attachments },
    )
    const results = await receive(sent, receiver)
    expect(signedNames(results)).toEqual(['Body', 'image@example.org', 'note', 'table'])
    expect(results.leftover).toEqual([])
  })
})

describe('the security header', () => {
  test('is for an actor, and others are left alone', async () => {
    const plan = { ...planOf(timestamp, signature(client)), actor: 'urn:me' }
    const sent = send(plan)
    expect(sent.text).toContain('soapenv:actor="urn:me" soapenv:mustUnderstand="1"')
    expect((await receive(sent, receiver)).security).toBeUndefined()
    expect(signedNames(await receive(sent, receiverOf(keys, { actor: 'urn:me' })))).toHaveLength(2)
  })

  test('has a role in SOAP 1.2', () => {
    const sent = send({ ...planOf(timestamp), actor: 'urn:me', mustUnderstand: false }, {}, orderMessage(SOAP_12))
    expect(sent.text).toContain('soapenv:role="urn:me"')
    expect(sent.text).not.toContain('Security soapenv:mustUnderstand')
  })

  test('is made in a message without headers', async () => {
    const text = orderMessage().replace(/<soapenv:Header>.*<\/soapenv:Header>/, '')
    expect(signedNames(await receive(send([timestamp, signature(client)], {}, text), receiver))).toHaveLength(2)
  })

  test('that is there already gets the new children first', () => {
    const sent = send(
      [timestamp, signature(client)],
      {},
      send([timestamp], {})
        .text.replace('<wsu:Timestamp', '<x:Token xmlns:x="urn:x"/><wsu:Timestamp')
        .replace(/<wsu:Timestamp.*<\/wsu:Timestamp>/, ''),
    )
    expect(headerChildren(sent.tree)).toEqual(['Timestamp', 'BinarySecurityToken', 'Signature', 'Token'])
  })

  test('has its Timestamp last where the layout asks for it', () => {
    expect(headerChildren(send([{ ...timestamp, position: 'last' }, signature(client)]).tree)).toEqual([
      'BinarySecurityToken',
      'Signature',
      'Timestamp',
    ])
  })
})
