import { parseXml, printXml, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { SAML_11, SAML_20 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { confirmationMethod, type SamlAssertion } from './assertion.ts'
import { readAssertion } from './read-assertion.ts'
import { writeAssertion } from './write-assertion.ts'

const KEY = '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:KeyName>k</ds:KeyName></ds:KeyInfo>'
const SIGNATURE = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
const T = '2026-11-22T12:00:00Z'
const time = Date.UTC(2026, 10, 22, 12)

const saml1 = (
  inside: string,
  attributes = `MajorVersion="1" MinorVersion="1" AssertionID="a" Issuer="i" IssueInstant="${T}"`,
): string => `<s:Assertion xmlns:s="${SAML_11}" ${attributes}>${inside}</s:Assertion>`
const subject1 = (name = 'alice', method = 'bearer', more = ''): string =>
  `<s:Subject><s:NameIdentifier Format="f" NameQualifier="q">${name}</s:NameIdentifier><s:SubjectConfirmation><s:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:${method}</s:ConfirmationMethod>${more}</s:SubjectConfirmation></s:Subject>`
const authn1 = (subject = subject1()): string =>
  `<s:AuthenticationStatement AuthenticationMethod="m" AuthenticationInstant="${T}">${subject}</s:AuthenticationStatement>`
const attributes1 = (subject = subject1()): string =>
  `<s:AttributeStatement>${subject}<s:Attribute AttributeName="role" AttributeNamespace="n"><s:AttributeValue>admin</s:AttributeValue><s:AttributeValue> user </s:AttributeValue></s:Attribute></s:AttributeStatement>`

const saml2 = (inside: string, attributes = `Version="2.0" ID="a" IssueInstant="${T}"`): string =>
  `<s:Assertion xmlns:s="${SAML_20}" ${attributes}>${inside}</s:Assertion>`
const ISSUER = '<s:Issuer>i</s:Issuer>'
const subject2 = (confirmation = ''): string =>
  `<s:Subject><s:NameID Format="f" NameQualifier="q">alice</s:NameID>${confirmation}</s:Subject>`

const read = (text: string): SamlAssertion => readAssertion(parseXml(text).root)

function refusal(text: string): string {
  try {
    read(text)
    return 'accepted'
  } catch (error) {
    if (error instanceof SecurityFailure) return `${error.reason} ${error.detail.replace('SAML assertion: ', '')}`
    throw error
  }
}

describe('SAML 1.1', () => {
  test('every field is read', () => {
    const conditions = `<s:Conditions NotBefore="${T}" NotOnOrAfter="${T}"><s:AudienceRestrictionCondition><s:Audience>a</s:Audience><s:Audience>b</s:Audience></s:AudienceRestrictionCondition><s:DoNotCacheCondition/></s:Conditions>`
    expect(
      read(saml1(`${conditions}<s:Advice><x xmlns="urn:x"/></s:Advice>${authn1()}${attributes1()}${SIGNATURE}`)),
    ).toMatchObject({
      version: '1.1',
      id: 'a',
      issuer: 'i',
      issued: time,
      conditions: { notBefore: time, notOnOrAfter: time, audiences: [['a', 'b']], once: true },
      subject: { name: 'alice', format: 'f', qualifier: 'q', confirmations: [{ method: 'bearer' }] },
      attributes: [{ name: 'role', namespace: 'n', values: ['admin', 'user'] }],
      authentication: [{ method: 'm', at: time }],
      signature: { name: 'Signature' },
    })
  })

  test('methods share the key of their confirmation', () => {
    const more = `<s:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</s:ConfirmationMethod>${KEY}`
    const { confirmations } = read(saml1(authn1(subject1('alice', 'bearer', more)))).subject
    expect(confirmations.map(({ method, keyInfo }) => [method, keyInfo?.name])).toEqual([
      ['bearer', 'KeyInfo'],
      ['holder-of-key', 'KeyInfo'],
    ])
  })

  test.each([
    ['no statement', saml1(''), /no statement/],
    ['two subjects', saml1(authn1() + attributes1(subject1('bob'))), /about different subjects/],
    [
      'two ways to confirm',
      saml1(authn1() + attributes1(subject1('alice', 'sender-vouches'))),
      /confirmed differently/,
    ],
    [
      'two keys',
      saml1(
        authn1(subject1('alice', 'holder-of-key', KEY)) +
          attributes1(subject1('alice', 'holder-of-key', KEY.replace('>k<', '>l<'))),
      ),
      /confirmed differently/,
    ],
    ['two keys in one confirmation', saml1(authn1(subject1('alice', 'holder-of-key', KEY + KEY))), /more than one key/],
    ['a statement behind the signature', saml1(authn1() + SIGNATURE + attributes1()), /behind the signature/],
    ['two signatures', saml1(authn1() + SIGNATURE + SIGNATURE), /behind the signature/],
    ['two Conditions', saml1(`<s:Conditions/><s:Conditions/>${authn1()}`), /may not hold Conditions here/],
    ['Conditions behind a statement', saml1(`${authn1()}<s:Conditions/>`), /may not hold Conditions here/],
    [
      'an unknown condition',
      saml1(`<s:Conditions><s:Condition/></s:Conditions>${authn1()}`),
      /Condition is not understood/,
    ],
    [
      'a foreign condition',
      saml1(`<s:Conditions><x:AudienceRestrictionCondition xmlns:x="urn:x"/></s:Conditions>${authn1()}`),
      /not understood/,
    ],
    ['an element in the name', saml1(authn1(subject1('a<b/>c'))), /an element where text belongs/],
    [
      'no confirmation method',
      saml1(authn1('<s:Subject><s:NameIdentifier>a</s:NameIdentifier><s:SubjectConfirmation/></s:Subject>')),
      /no method/,
    ],
    [
      'no Subject first',
      saml1(`<s:AttributeStatement><s:Attribute AttributeName="x"/></s:AttributeStatement>`),
      /has no Subject/,
    ],
    ['no id', saml1(authn1(), `MajorVersion="1" Issuer="i" IssueInstant="${T}"`), /no AssertionID/],
    ['no issuer', saml1(authn1(), `MajorVersion="1" AssertionID="a" Issuer=" " IssueInstant="${T}"`), /no Issuer/],
    [
      'a time without zone',
      saml1(authn1(), 'MajorVersion="1" AssertionID="a" Issuer="i" IssueInstant="2026-11-22T12:00:00"'),
      /no instant with a time zone/,
    ],
    ['a foreign child', saml1(`${authn1()}<x xmlns="urn:x"/>`), /may not hold x here/],
  ])('%s is refused', (_, text, expected) => {
    expect(refusal(text)).toMatch(expected)
    expect(refusal(text)).toMatch(/^token-malformed/)
  })
})

describe('SAML 2.0', () => {
  test('every field is read', () => {
    const data = `<s:SubjectConfirmationData NotBefore="${T}" NotOnOrAfter="${T}" Recipient="r">${KEY}</s:SubjectConfirmationData>`
    const confirmation = `<s:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"><s:NameID>x</s:NameID>${data}</s:SubjectConfirmation>`
    const conditions = `<s:Conditions NotOnOrAfter="${T}"><s:AudienceRestriction><s:Audience>a</s:Audience></s:AudienceRestriction><s:AudienceRestriction><s:Audience>b</s:Audience></s:AudienceRestriction><s:OneTimeUse/><s:ProxyRestriction Count="1"/></s:Conditions>`
    const statements = `<s:AuthnStatement AuthnInstant="${T}" SessionNotOnOrAfter="${T}"><s:AuthnContext><s:AuthnContextClassRef>c</s:AuthnContextClassRef></s:AuthnContext></s:AuthnStatement><s:AttributeStatement><s:Attribute Name="role" NameFormat="n"><s:AttributeValue>admin</s:AttributeValue></s:Attribute></s:AttributeStatement>`
    expect(
      read(saml2(`${ISSUER}${SIGNATURE}${subject2(confirmation)}${conditions}<s:Advice/>${statements}`)),
    ).toMatchObject({
      version: '2.0',
      issued: time,
      conditions: { notBefore: undefined, notOnOrAfter: time, audiences: [['a'], ['b']], once: true },
      subject: {
        name: 'alice',
        confirmations: [
          {
            method: 'holder-of-key',
            recipient: 'r',
            notBefore: time,
            notOnOrAfter: time,
            keyInfo: { name: 'KeyInfo' },
          },
        ],
      },
      attributes: [{ name: 'role', namespace: 'n', values: ['admin'] }],
      authentication: [{ method: 'c', at: time, sessionEnds: time }],
    })
  })

  test('a subject may be without a name', () => {
    const confirmation = '<s:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>'
    expect(read(saml2(`${ISSUER}<s:Subject>${confirmation}</s:Subject>`)).subject).toMatchObject({
      name: undefined,
      confirmations: [{ method: 'bearer' }],
    })
  })

  test.each([
    ['no subject', saml2(ISSUER), /no Subject/],
    ['two subjects', saml2(ISSUER + subject2() + subject2()), /may not hold Subject here/],
    ['a signature at the end', saml2(ISSUER + subject2() + SIGNATURE), /may not hold Signature here/],
    [
      'a subject behind a statement',
      saml2(`${ISSUER}<s:AttributeStatement/>${subject2()}`),
      /may not hold Subject here/,
    ],
    ['an encrypted subject', saml2(`${ISSUER}<s:Subject><s:EncryptedID/></s:Subject>`), /EncryptedID is not supported/],
    [
      'two names',
      saml2(`${ISSUER}<s:Subject><s:NameID>a</s:NameID><s:NameID>b</s:NameID></s:Subject>`),
      /may not hold NameID/,
    ],
    [
      'an unknown condition',
      saml2(`${ISSUER}${subject2()}<s:Conditions><s:Condition/></s:Conditions>`),
      /not understood/,
    ],
    [
      'two keys',
      saml2(
        ISSUER +
          subject2(
            `<s:SubjectConfirmation Method="m"><s:SubjectConfirmationData>${KEY}${KEY}</s:SubjectConfirmationData></s:SubjectConfirmation>`,
          ),
      ),
      /more than one key/,
    ],
    [
      'two data',
      saml2(
        ISSUER +
          subject2(
            '<s:SubjectConfirmation Method="m"><s:SubjectConfirmationData/><s:SubjectConfirmationData/></s:SubjectConfirmation>',
          ),
      ),
      /not at its place/,
    ],
    ['a confirmation without method', saml2(ISSUER + subject2('<s:SubjectConfirmation/>')), /no Method/],
    [
      'too many confirmations',
      saml2(ISSUER + subject2('<s:SubjectConfirmation Method="m"/>'.repeat(11))),
      /more than 11 children/,
    ],
    [
      'too many attributes',
      saml2(
        `${ISSUER}${subject2()}<s:AttributeStatement>${'<s:Attribute Name="a"/>'.repeat(501)}</s:AttributeStatement>`,
      ),
      /too many attributes/,
    ],
    [
      'too many values',
      saml2(
        `${ISSUER}${subject2()}<s:AttributeStatement><s:Attribute Name="a">${'<s:AttributeValue/>'.repeat(2001)}</s:Attribute></s:AttributeStatement>`,
      ),
      /too many attributes/,
    ],
    [
      'a very long name',
      saml2(`${ISSUER}<s:Subject><s:NameID>${'a'.repeat(100_001)}</s:NameID></s:Subject>`),
      /too long/,
    ],
    ['another element', `<s:Response xmlns:s="${SAML_20}"/>`, /Response is none/],
    ['another namespace', '<Assertion xmlns="urn:x"/>', /Assertion is none/],
  ])('%s is refused', (_, text, expected) => {
    expect(refusal(text)).toMatch(expected)
  })
})

describe('writing', () => {
  const request = {
    id: '_1',
    issuer: 'i',
    subject: 'a & b',
    method: 'holder-of-key',
    issued: time,
    notOnOrAfter: time + 1000,
    audiences: ['x', 'y'],
    recipient: 'r',
    once: true,
    attributes: [{ name: 'http://claims/role', namespace: undefined, values: ['<admin>', ''] }],
    authentication: { method: 'urn:m', at: time },
  } as const
  const keyInfo = (): XmlElement => parseXml(KEY).root

  test.each(['1.1', '2.0'] as const)(
    'what is written of %s reads back, also after it went over the wire',
    (version) => {
      const written = writeAssertion({ version, ...request, keyInfo: keyInfo() })
      const expected = {
        version,
        id: '_1',
        issuer: 'i',
        issued: time,
        conditions: { notBefore: time, notOnOrAfter: time + 1000, audiences: [['x', 'y']], once: true },
        subject: { name: 'a & b', confirmations: [{ method: 'holder-of-key', keyInfo: { name: 'KeyInfo' } }] },
      }
      expect(readAssertion(written)).toMatchObject(expected)
      expect(read(printXml(written))).toMatchObject(expected)
      const [attribute] = read(printXml(written)).attributes
      expect(version === '1.1' ? `${attribute?.namespace}/${attribute?.name}` : attribute?.name).toBe(
        'http://claims/role',
      )
      expect(attribute?.values).toEqual(['<admin>', ''])
    },
  )

  test('without attributes an assertion of 1.1 says how its subject was authenticated', () => {
    const written = read(printXml(writeAssertion({ version: '1.1', ...request, attributes: [] })))
    expect(written.authentication).toEqual([{ method: 'urn:m', at: time, sessionEnds: undefined }])
  })
})

test('confirmation methods of either version are understood, others not', () => {
  expect(confirmationMethod('urn:oasis:names:tc:SAML:1.0:cm:bearer')).toBe('bearer')
  expect(confirmationMethod('urn:oasis:names:tc:SAML:2.0:cm:sender-vouches')).toBe('sender-vouches')
  expect(confirmationMethod('urn:oasis:names:tc:SAML:1.0:cm:artifact')).toBeUndefined()
})
