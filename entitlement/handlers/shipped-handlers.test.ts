import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { Fault } from 'viaduct'
import { createContext } from 'viaduct/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { certificateNames } from './certificate-names.ts'
import {
  KerberosEntitlementCallbackHandler,
  SAMLEntitlementCallbackHandler,
  UTEntitlementCallbackHandler,
  X509EntitlementCallbackHandler,
} from './shipped-handlers.ts'

const folder = new TestFolder()
afterAll(() => folder[Symbol.dispose]())

function certificate(subject: string, ...options: readonly string[]): X509Certificate {
  const [key, file] = [folder.file('key.pem'), folder.file('certificate.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-utf8',
      '-keyout',
      key,
      '-out',
      file,
      '-subj',
      subject,
      ...options,
    ],
    { stdio: 'ignore' },
  )
  return new X509Certificate(readFileSync(file))
}

const contextWith = (axis2: Readonly<Record<string, unknown>>, own: Readonly<Record<string, unknown>> = {}) => {
  const ctx = createContext({ body: '<x/>' })
  for (const [name, value] of Object.entries(axis2)) ctx.properties.set('axis2', name, value)
  for (const [name, value] of Object.entries(own)) ctx.properties.set('default', name, value)
  return ctx
}

describe('UT', () => {
  const handler = new UTEntitlementCallbackHandler()

  test('the subject is the user that a UsernameToken left behind', () => {
    expect(handler.getUserName(contextWith({ username: 'ann' }))).toBe('ann')
    expect(handler.getUserName(contextWith({}))).toBeUndefined()
  })

  test('what the flow sets itself goes first', () => {
    expect(handler.getUserName(contextWith({ username: 'ann' }, { xacml_subject: 'bob' }))).toBe('bob')
  })

  test('a user that is no text is refused', () => {
    expect(() => handler.getUserName(contextWith({ username: ['ann'] }))).toThrow(Fault)
  })

  test('default scope proves nothing', () => {
    expect(handler.getUserName(contextWith({}, { username: 'ann' }))).toBeUndefined()
  })
})

describe('X509', () => {
  const handler = new X509EntitlementCallbackHandler()
  const signer = certificate('/C=LK/O=WSO2/OU=Engine/CN=alice')
  const client = certificate('/CN=tls')

  test('the subject, the issuer and the algorithm are those of the certificate that signed', () => {
    const ctx = contextWith({ X509Certificate: signer, 'ssl.client.auth.cert.X509': [client] })
    expect(handler.getUserName(ctx)).toBe('CN=alice, OU=Engine, O=WSO2, C=LK')
    expect(handler.findOtherAttributes(ctx)).toEqual([
      {
        category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment',
        id: 'IssuerDN',
        value: 'CN=alice, OU=Engine, O=WSO2, C=LK',
      },
      {
        category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment',
        id: 'SignatureAlgorithm',
        value: 'SHA256withRSA',
      },
    ])
  })

  test('else the first of mutual TLS', () => {
    expect(handler.getUserName(contextWith({ 'ssl.client.auth.cert.X509': [client, signer] }))).toBe('CN=tls')
  })

  test('without a certificate there is neither a subject nor anything else', () => {
    const ctx = contextWith({})
    expect(handler.getUserName(ctx)).toBeUndefined()
    expect(handler.findOtherAttributes(ctx)).toEqual([])
  })

  test('a property that holds something else is refused', () => {
    expect(() => handler.getUserName(contextWith({ X509Certificate: 'CN=alice' }))).toThrow(Fault)
  })
})

describe('SAML and Kerberos', () => {
  test('the subject is that of the assertion', () => {
    const handler = new SAMLEntitlementCallbackHandler()
    expect(handler.getUserName(contextWith({ 'saml.subject.id': 'ann@example.org' }))).toBe('ann@example.org')
    expect(handler.getUserName(contextWith({}))).toBeUndefined()
  })

  test.each([
    ['ann@EXAMPLE.ORG', 'ann'],
    ['ann/admin@EXAMPLE.ORG', 'ann/admin'],
    ['ann@A@B', 'ann'],
    ['ann', 'ann'],
    ['', undefined],
  ])('of the principal %s the subject is %s', (principal, expected) => {
    const handler = new KerberosEntitlementCallbackHandler()
    expect(handler.getUserName(contextWith({ 'client.principal.name': principal }))).toBe(expected)
  })
})

describe('names as Java writes them', () => {
  test.each([
    ['/C=DE/ST=Berlin/L=Berlin/O=Acme, Inc./CN=ann', 'CN=ann, O="Acme, Inc.", L=Berlin, ST=Berlin, C=DE'],
    ['/O=a\\/b/CN=Ü "x"', 'CN="Ü \\"x\\"", O=a/b'],
    ['/DC=org/DC=example/UID=7/emailAddress=a@b.c/CN=x', 'CN=x, EMAILADDRESS=a@b.c, UID=7, DC=example, DC=org'],
    ['/CN=two  blanks/O= lead', 'O=" lead", CN="two  blanks"'],
    [
      '/serialNumber=1/GN=Ann/SN=Lee/title=Dr/initials=AL/street=Way 1/CN=x',
      'CN=x, STREET=Way 1, INITIALS=AL, T=Dr, SURNAME=Lee, GIVENNAME=Ann, SERIALNUMBER=1',
    ],
    ['/businessCategory=odd/CN=x', 'CN=x, OID.2.5.4.15=odd'],
  ])('%s', (subject, expected) => {
    expect(certificateNames(certificate(subject)).subject).toBe(expected)
  })

  test('a part with several values is joined with a plus sign', () => {
    expect(certificateNames(certificate('/O=acme/CN=a+UID=b', '-multivalue-rdn')).subject).toMatch(
      /^(?:CN=a \+ UID=b|UID=b \+ CN=a), O=acme$/,
    )
  })

  test.each([
    ['SHA1withRSA', ['-sha1']],
    ['SHA512withRSA', ['-sha512']],
    ['RSASSA-PSS', ['-sigopt', 'rsa_padding_mode:pss']],
    ['SHA256withECDSA', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['Ed25519', ['-newkey', 'ed25519']],
  ])('%s', (expected, options) => {
    expect(certificateNames(certificate('/CN=x', ...options)).signatureAlgorithm).toBe(expected)
  })

  test.each([
    Buffer.alloc(0),
    Buffer.from('3003020101', 'hex'),
    Buffer.from('30820fff', 'hex'),
    Buffer.from('308080', 'hex'),
  ])('bytes that are no certificate are refused: %#', (raw) => {
    expect(() => certificateNames({ raw })).toThrow()
  })
})
