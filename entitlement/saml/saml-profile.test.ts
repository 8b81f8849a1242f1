import { DEFAULT_SETTINGS, createEnvelope, parseXml, printXml, type WsXacmlSettings, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { request } from '../testing/policies.ts'
import { readRequestElement } from '../xml/read-request.ts'
import { writeRequest } from '../xml/write-request.ts'
import { readDecisionElement } from '../clients/read-decision.ts'
import {
  answerIn,
  checkIssue,
  ProfileError,
  queryIn,
  requestIn,
  responseIn,
  writeAnswer,
  writeQuery,
} from './saml-profile.ts'

const settings: WsXacmlSettings = { ...DEFAULT_SETTINGS.entitlement.wsXacml }
const now = Date.UTC(2026, 0, 1)
const XACML = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
const CONTEXT = 'urn:oasis:names:tc:xacml:2.0:context:schema:os'
const PERMIT = `<Response xmlns="${XACML}"><Result><Decision>Permit</Decision><Obligations><Obligation ObligationId="o"/></Obligations></Result></Response>`

const journey = (element: XmlElement): XmlElement => parseXml(printXml(element)).root
const inBody = (element: XmlElement) => createEnvelope('1.1', [journey(element)])

describe('a query', () => {
  const question = request('ann', '/x', 'read')
  const { id, element } = writeQuery(writeRequest(question), settings, now)

  test('has the attributes and the issuer of Identity Server', () => {
    const text = printXml(element)
    expect(text).toMatch(
      /^<xacml-samlp:XACMLAuthzDecisionQuery xmlns:xacml-samlp="urn:oasis:names:tc:xacml:2\.0:profile:saml2\.0:v2:schema:protocol" ID="_[\da-f-]{36}" Version="2\.0" IssueInstant="2026-01-01T00:00:00\.000Z" InputContextOnly="true" ReturnContext="false">/,
    )
    expect(text).toContain('SPProvidedID="SPPProvierId">https://identity.carbon.wso2.org</saml:Issuer>')
    expect(text).toContain(`ID="${id}"`)
  })

  test('carries the request in the namespace of 2.0, every element with the prefix', () => {
    const text = printXml(element)
    expect(text).toContain(`<xacml-context:Request xmlns:xacml-context="${CONTEXT}"`)
    expect(text).toContain('<xacml-context:AttributeValue ')
    expect(text).not.toContain(XACML)
  })

  test('is read back as what it was', () => {
    const query = queryIn(inBody(element))
    checkIssue(query, settings, now)
    expect(readRequestElement(requestIn(query)).request.categories).toEqual(
      question.categories.map((each) =>
        expect.objectContaining({
          category: each.category,
          attributes: each.attributes.map(({ id: name, values }) => expect.objectContaining({ id: name, values })),
        }),
      ),
    )
  })

  test('under the name of its type is accepted as well', () => {
    const text = printXml(element).replaceAll('XACMLAuthzDecisionQuery', 'XACMLAuthzDecisionQueryType')
    expect(() => queryIn(createEnvelope('1.1', [parseXml(text).root]))).not.toThrow()
  })

  test('keeps the content of a category as it is', () => {
    const content = `<Request xmlns="${XACML}"><Attributes Category="c"><Content><a xmlns="urn:a"><b/></a></Content></Attributes></Request>`
    expect(printXml(writeQuery(content, settings, now).element)).toContain('<a xmlns="urn:a"><b/></a>')
  })
})

describe('an answer', () => {
  const answer = (query = '_q') => writeAnswer(PERMIT, settings, now, query)

  test('states the response in one assertion, and is read back', () => {
    const read = answerIn(inBody(answer()))
    checkIssue(read, settings, now)
    const decision = readDecisionElement(responseIn(read, '_q', false))
    expect(decision.decision).toBe('Permit')
    expect(decision.obligations?.ids).toEqual(['o'])
    const text = printXml(answer())
    expect(text).toContain('xsi:type="xacml-saml:XACMLAuthzDecisionStatementType"')
    expect(text).toContain('InResponseTo="_q"')
  })

  test.each([true, false])('to another question is refused, over TLS (%s) or not', (secured) => {
    expect(() => responseIn(journey(answer('_other')), '_q', secured)).toThrow('the answer is one to another question')
  })

  test('that says nothing of its question is taken over TLS alone (ws-xacml-in-response-to)', () => {
    const silent = () => parseXml(printXml(answer()).replace(/ InResponseTo="[^"]*"/, '')).root
    expect(() => responseIn(silent(), '_q', true)).not.toThrow()
    expect(() => responseIn(silent(), '_q', false)).toThrow('only counts over https')
    expect(printXml(writeAnswer(PERMIT, settings, now, '"><x/>'))).not.toContain('InResponseTo')
  })

  test.each([
    ['two assertions', (text: string) => text.replace(/<saml:Assertion .*<\/saml:Assertion>/, '$&$&')],
    ['two statements', (text: string) => text.replace(/<saml:Statement .*<\/saml:Statement>/, '$&$&')],
    ['two responses', (text: string) => text.replace(/<xacml-context:Response .*<\/xacml-context:Response>/, '$&$&')],
    ['no assertion', (text: string) => text.replace(/<saml:Assertion .*<\/saml:Assertion>/, '')],
    [
      'an assertion of another namespace',
      (text: string) =>
        text.replaceAll('saml:Assertion', 'x:Assertion').replace('<x:Assertion', '<x:Assertion xmlns:x="urn:x"'),
    ],
  ])('with %s is refused', (_what, change) => {
    const text = printXml(answer())
    expect(change(text)).not.toBe(text)
    expect(() => responseIn(parseXml(change(text)).root, '_q', true)).toThrow(ProfileError)
  })
})

describe('an issuer', () => {
  const written = printXml(writeAnswer(PERMIT, settings, now, '_q'))
  const check =
    (text: string, at = now) =>
    () =>
      checkIssue(parseXml(text).root, settings, at)

  test.each(['SPPProvierId', 'SPPProvider'])('may have the provided id %s, or none', (provided) => {
    expect(check(written.replaceAll('SPPProvierId', provided))).not.toThrow()
    expect(check(written.replaceAll(' SPProvidedID="SPPProvierId"', ''))).not.toThrow()
  })

  test.each([
    ['another name', (text: string) => text.replaceAll('https://identity.carbon.wso2.org', 'https://evil')],
    ['another provided id', (text: string) => text.replaceAll('SPPProvierId', 'other')],
    ['no name', (text: string) => text.replace(/<saml:Issuer .*?<\/saml:Issuer>/, '')],
    ['no instant', (text: string) => text.replace(/ IssueInstant="[^"]*"/, '')],
    ['an instant that is none', (text: string) => text.replace(/ IssueInstant="[^"]*"/, ' IssueInstant="now"')],
  ])('with %s is refused', (_what, change) => {
    expect(check(change(written))).toThrow(ProfileError)
  })

  test('counts for five minutes', () => {
    for (const [at, good] of [
      [300_000, true],
      [300_001, false],
      [-300_000, true],
      [-300_001, false],
    ] as const)
      if (good) expect(check(written, now + at)).not.toThrow()
      else expect(check(written, now + at)).toThrow('IssueInstant')
  })
})

test.each(['<a/>', '<x:XACMLAuthzDecisionQuery xmlns:x="urn:x"/>'])('%s is neither question nor answer', (xml) => {
  const tree = createEnvelope('1.1', [parseXml(xml).root])
  expect(() => queryIn(tree)).toThrow(ProfileError)
  expect(() => answerIn(tree)).toThrow(ProfileError)
  expect(() => queryIn(createEnvelope())).toThrow(ProfileError)
})
