import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalXml, elements, parseXml } from 'viaduct'
import { DOMParser } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decrypt as decryptBytes, CIPHERS } from '../../security/encryption/cipher.ts'
import { receiveSecret } from '../../security/encryption/key-transport.ts'
import { DSIG, DSIG_MORE, EXC_C14N, WSSE, WSU, XENC, XENC11 } from '../../security/names.ts'
import type { SignedPart } from '../../security/plan.ts'
import {
  encryption,
  identityOf,
  keyringOf,
  mac,
  orderMessage,
  receive,
  receiverOf,
  send,
  signature,
  signedNames,
  timestamp,
} from '../../security/testing/messages.ts'

/** What is used of xml-encryption, which has no types. */
interface XmlEncryption {
  decrypt(
    xml: string,
    options: { key: string; disallowDecryptionWithInsecureAlgorithm?: boolean },
    done: (error: Error | null, text: string) => void,
  ): void
  encrypt(
    content: string,
    options: Readonly<Record<string, unknown>>,
    done: (error: Error | null, xml: string) => void,
  ): void
}
const xmlEncryption = createRequire(import.meta.url)('xml-encryption') as XmlEncryption

const client = identityOf('client')
const server = identityOf('server')
const curve = identityOf('curve', { key: 'ec' })
const receiver = receiverOf(keyringOf([server], [client.chain[0], curve.chain[0]]))
const pemKey = (identity: typeof client): string => identity.key.export({ type: 'pkcs8', format: 'pem' }).toString()
const pemCertificate = (identity: typeof client): string => identity.chain[0].toString()
const PARTS: readonly SignedPart[] = [{ part: 'body' }, { part: 'timestamp' }, { part: 'headers' }]

/** The EncryptedKey stands in the KeyInfo of its EncryptedData, as XML Encryption alone has it. */
function withKeyInside(text: string): string {
  const key = /<xenc:EncryptedKey .*?<\/xenc:EncryptedKey>/.exec(text)?.[0] ?? ''
  const bare = key
    .replace(/<ds:KeyInfo.*?<\/ds:KeyInfo>/, '')
    .replace(/<xenc:ReferenceList.*?<\/xenc:ReferenceList>/, '')
  const at = text.indexOf('<soapenv:Body')
  const body = text
    .slice(at)
    .replace(/<ds:KeyInfo.*?<\/ds:KeyInfo>/, `<ds:KeyInfo xmlns:ds="${DSIG}">${bare}</ds:KeyInfo>`)
  return text.slice(0, at).replace(key, '') + body
}

describe('xmlsec1', () => {
  const missing = spawnSync('xmlsec1', ['--version']).error !== undefined
  if (missing && process.env['CI'] !== 'true') console.warn('skipped: xmlsec1 is not installed')
  test.skipIf(!missing || process.env['CI'] !== 'true')('is there on the build server', () => {
    expect(missing).toBe(false)
  })
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'viaduct-xmlsec-'))
    for (const identity of [client, server, curve]) {
      writeFileSync(join(folder, `${identity.alias}.crt`), pemCertificate(identity))
      writeFileSync(join(folder, `${identity.alias}.key`), pemKey(identity))
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const ids = [
    'http://schemas.xmlsoap.org/soap/envelope/:Body',
    `${WSU}:Timestamp`,
    `${WSSE}:BinarySecurityToken`,
    'http://www.w3.org/2005/08/addressing:To',
    'http://www.w3.org/2005/08/addressing:MessageID',
  ].flatMap((name) => ['--id-attr:Id', name])

  function verifies(text: string, alias: string): boolean {
    const file = join(folder, 'message.xml')
    writeFileSync(file, text)
    const args = ['--verify', '--enabled-key-data', 'x509', ...ids, '--pubkey-cert-pem', join(folder, `${alias}.crt`)]
    return spawnSync('xmlsec1', [...args, '--node-name', `${DSIG}:Signature`, file]).status === 0
  }

  test
    .skipIf(missing)
    .each([
      ...['1', '224', '256', '384', '512'].map(
        (bits) => [bits === '1' ? `${DSIG}rsa-sha1` : `${DSIG_MORE}rsa-sha${bits}`, client] as const,
      ),
      ...['224', '256', '384', '512'].map((bits) => [`${DSIG_MORE}ecdsa-sha${bits}`, curve] as const),
    ])('verifies %s', (algorithm, identity) => {
    const { text } = send([timestamp, signature(identity, { algorithm, parts: PARTS, protectToken: true })])
    expect(verifies(text, identity.alias)).toBe(true)
    expect(verifies(text.replace('IBM', 'SUN'), identity.alias)).toBe(false)
  })

  test
    .skipIf(missing)
    .each([EXC_C14N, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'http://www.w3.org/2006/12/xml-c14n11'])(
    'verifies canonicalisation %s',
    (canonicalization) => {
      expect(verifies(send([timestamp, signature(client, { canonicalization, parts: PARTS })]).text, 'client')).toBe(
        true,
      )
    },
  )

  test.skipIf(missing).each(['sha1', 'sha256', 'sha512'])('verifies an HMAC with %s', (hash) => {
    const algorithm = hash === 'sha1' ? `${DSIG}hmac-sha1` : `${DSIG_MORE}hmac-${hash}`
    const secret = {
      step: 'encrypted-key',
      name: 'secret',
      recipient: server.chain[0],
      reference: 'thumbprint',
      length: 32,
      transport: { algorithm: `${XENC}rsa-oaep-mgf1p` },
    } as const
    const sent = send([timestamp, secret, mac('secret', { algorithm })])
    const file = join(folder, 'message.xml')
    const key = join(folder, 'secret.bin')
    writeFileSync(file, sent.text.replace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>(?=<\/ds:Signature>)/, ''))
    writeFileSync(key, [...sent.secrets.values()][0] ?? '')
    const run = spawnSync('xmlsec1', ['--verify', ...ids, '--hmackey', key, '--node-name', `${DSIG}:Signature`, file])
    expect(run.status).toBe(0)
  })

  test.skipIf(missing).each([
    [`${XENC}aes128-cbc`, `${XENC}rsa-oaep-mgf1p`],
    [`${XENC}aes192-cbc`, `${XENC}rsa-1_5`],
    [`${XENC}aes256-cbc`, `${XENC}rsa-oaep-mgf1p`],
    [`${XENC}tripledes-cbc`, `${XENC}rsa-oaep-mgf1p`],
    [`${XENC11}aes128-gcm`, `${XENC}rsa-oaep-mgf1p`],
    [`${XENC11}aes256-gcm`, `${XENC}rsa-1_5`],
  ])('decrypts %s under %s', (algorithm, transport) => {
    const key = {
      kind: 'fresh',
      recipient: server.chain[0],
      reference: 'thumbprint',
      transport: { algorithm: transport },
    } as const
    const { text } = send([encryption(server.chain[0], { algorithm, key })])
    const file = join(folder, 'encrypted.xml')
    writeFileSync(file, withKeyInside(text))
    const run = spawnSync('xmlsec1', ['--decrypt', '--privkey-pem', join(folder, 'server.key'), file], {
      encoding: 'utf8',
    })
    expect(run.stderr).toBe('')
    expect(contentOf(run.stdout)).toBe(contentOf(orderMessage()))
  })

  test.skipIf(missing)('signs what we verify', async () => {
    const file = join(folder, 'template.xml')
    writeFileSync(file, signatureTemplate())
    const args = [
      '--sign',
      ...ids,
      '--privkey-pem',
      join(folder, 'client.key'),
      '--node-name',
      `${DSIG}:Signature`,
      file,
    ]
    const run = spawnSync('xmlsec1', args, { encoding: 'utf8' })
    expect(signedNames(await receive(run.stdout, receiver))).toEqual(['Body'])
  })
})

/** What a body holds, wherever its declarations stand. */
function contentOf(text: string): string {
  const body = elements(parseXml(text).root).at(-1)
  return elements(body ?? parseXml(text).root)
    .map((child) => canonicalXml(child, { form: 'exclusive' }))
    .join('')
}

/** A message whose signature still lacks its values. */
function signatureTemplate(): string {
  const certificate = client.chain[0].raw.toString('base64')
  const str = `<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3">${certificate}</wsse:KeyIdentifier></wsse:SecurityTokenReference>`
  const template =
    `<wsse:Security xmlns:wsse="${WSSE}"><ds:Signature xmlns:ds="${DSIG}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXC_C14N}"/>` +
    `<ds:SignatureMethod Algorithm="${DSIG_MORE}rsa-sha256"/><ds:Reference URI="#body"><ds:Transforms><ds:Transform Algorithm="${EXC_C14N}"/></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${XENC}sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo>${str}</ds:KeyInfo></ds:Signature></wsse:Security>`
  return orderMessage()
    .replace('<soapenv:Header>', `<soapenv:Header>${template}`)
    .replace('<soapenv:Body>', `<soapenv:Body xmlns:wsu="${WSU}" wsu:Id="body">`)
}

describe('xml-crypto', () => {
  // It digests `#default` of a PrefixList in its own way, which neither xmlsec1 nor WSS4J share.
  const message = orderMessage(undefined, '<m:order xmlns:m="urn:orders"><m:symbol>IBM</m:symbol></m:order>').replace(
    ' xmlns="urn:default"',
    '',
  )

  function verifies(text: string): boolean {
    const signed = new SignedXml({ publicCert: pemCertificate(client), idMode: 'wssecurity' })
    // In its document, for the prefixes that are in force around it.
    const [element] = new DOMParser().parseFromString(text, 'text/xml').getElementsByTagNameNS(DSIG, 'Signature')
    signed.loadSignature(element as unknown as Node)
    return signed.checkSignature(text)
  }

  test.each([`${DSIG}rsa-sha1`, `${DSIG_MORE}rsa-sha256`, `${DSIG_MORE}rsa-sha512`])('verifies %s', (algorithm) => {
    const { text } = send([timestamp, signature(client, { algorithm, parts: PARTS })], {}, message)
    expect(verifies(text)).toBe(true)
  })

  test('refuses what was changed', () => {
    const { text } = send([timestamp, signature(client, { parts: PARTS })], {}, message)
    expect(verifies(text.replace('IBM', 'SUN'))).toBe(false)
  })

  test('signs what we verify', async () => {
    const certificate = client.chain[0].raw.toString('base64')
    const token = `<wsse:BinarySecurityToken xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" wsu:Id="token" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary" ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3">${certificate}</wsse:BinarySecurityToken>`
    const text = orderMessage()
      .replace('<soapenv:Header>', `<soapenv:Header><wsse:Security xmlns:wsse="${WSSE}">${token}</wsse:Security>`)
      .replace('<soapenv:Body>', `<soapenv:Body xmlns:wsu="${WSU}" wsu:Id="body">`)
    const signer = new SignedXml({
      privateKey: pemKey(client),
      signatureAlgorithm: `${DSIG_MORE}rsa-sha256`,
      canonicalizationAlgorithm: EXC_C14N,
      idMode: 'wssecurity',
      getKeyInfoContent: () =>
        `<wsse:SecurityTokenReference xmlns:wsse="${WSSE}"><wsse:Reference URI="#token"/></wsse:SecurityTokenReference>`,
    })
    signer.addReference({
      xpath: "//*[local-name(.)='Body']",
      transforms: [EXC_C14N],
      digestAlgorithm: `${XENC}sha256`,
    })
    signer.computeSignature(text, { location: { reference: "//*[local-name(.)='Security']", action: 'append' } })
    expect(signedNames(await receive(signer.getSignedXml(), receiver))).toEqual(['Body'])
  })
})

describe('xml-encryption', () => {
  const reads = (xml: string): Promise<string> =>
    new Promise((resolve, reject) => {
      xmlEncryption.decrypt(
        xml,
        { key: pemKey(server), disallowDecryptionWithInsecureAlgorithm: false },
        (error, text) => (error === null ? resolve(text) : reject(error)),
      )
    })

  test.each([
    `${XENC}aes128-cbc`,
    `${XENC}aes256-cbc`,
    `${XENC11}aes128-gcm`,
    `${XENC11}aes256-gcm`,
    `${XENC}tripledes-cbc`,
  ])('decrypts %s', async (algorithm) => {
    const { text } = send([encryption(server.chain[0], { algorithm })])
    const body = withKeyInside(text)
    const data = /<xenc:EncryptedData .*<\/xenc:EncryptedData>/.exec(body)?.[0] ?? ''
    const plain = await reads(data)
    expect(canonicalXml(parseXml(plain), { form: 'exclusive' })).toBe(contentOf(orderMessage()))
  })

  test.each([
    [`${XENC11}aes256-gcm`, `${XENC}rsa-oaep-mgf1p`, 'sha1'],
    [`${XENC11}aes128-gcm`, `${XENC}rsa-oaep-mgf1p`, 'sha256'],
  ])('encrypts by %s and %s with %s what we decrypt', async (algorithm, transport, digest) => {
    const xml = await new Promise<string>((resolve, reject) => {
      const options = {
        rsa_pub: server.chain[0].publicKey.export({ type: 'spki', format: 'pem' }),
        pem: pemCertificate(server),
        encryptionAlgorithm: algorithm,
        keyEncryptionAlgorithm: transport,
        keyEncryptionDigest: digest,
      }
      xmlEncryption.encrypt('<order>IBM</order>', options, (error, text) =>
        error === null ? resolve(text) : reject(error),
      )
    })
    const values = [...xml.matchAll(/<\w+:CipherValue>([^<]+)</g)].map(([, value = '']) => Buffer.from(value, 'base64'))
    const [data = Buffer.alloc(0), wrapped = Buffer.alloc(0)] = values.toSorted((a, b) => a.length - b.length)
    const cipher = CIPHERS.get(algorithm)
    if (cipher === undefined) throw new Error(algorithm)
    const secret = receiveSecret({ oaep: { digest, mgf: 'sha1' } }, server.key, wrapped, cipher.keyLength)
    expect(decryptBytes(cipher, secret, data).toString()).toBe('<order>IBM</order>')
  })
})
