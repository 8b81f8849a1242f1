import { parseXml, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { WSC_2005, WSC_200512 } from '../names.ts'
import { answersTrustRequest, readTrustRequest, TRUST_13, TRUST_2005, TrustFailure } from './index.ts'
import { WST_2005, WST_200512 } from './trust-version.ts'

const rst = (inside: string, namespace = WST_200512, attributes = ''): XmlElement =>
  parseXml(`<t:RequestSecurityToken xmlns:t="${namespace}"${attributes}>${inside}</t:RequestSecurityToken>`).root
const issue = (namespace = WST_200512): string => `<t:RequestType>${namespace}/Issue</t:RequestType>`

function refusal(element: XmlElement): string {
  try {
    readTrustRequest(element)
    return 'read'
  } catch (error) {
    if (error instanceof TrustFailure) return error.message
    throw error
  }
}

describe('a request', () => {
  test.each([
    [TRUST_2005, WST_2005],
    [TRUST_13, WST_200512],
  ])('of version $name is read with all that it asks for', (version, namespace) => {
    const secret = Buffer.alloc(32, 7)
    const request = rst(
      `<t:TokenType>${version.conversation}/sct</t:TokenType>${issue(namespace)}
       <p:AppliesTo xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address> https://x </a:Address></a:EndpointReference></p:AppliesTo>
       <t:KeyType>${namespace}/SymmetricKey</t:KeyType><t:KeySize>256</t:KeySize>
       <t:Entropy><t:BinarySecret Type="${namespace}/Nonce">${secret.toString('base64')}</t:BinarySecret></t:Entropy>
       <t:Lifetime><u:Expires xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2026-11-22T12:00:00Z</u:Expires></t:Lifetime>
       <t:Claims><c:ClaimType xmlns:c="urn:c" Uri="urn:role"/></t:Claims><other xmlns="urn:other"/>`,
      namespace,
      ' Context="c1"',
    )
    expect(readTrustRequest(request)).toEqual({
      version,
      operation: 'issue',
      context: 'c1',
      tokenType: `${version.conversation}/sct`,
      keyType: 'symmetric',
      keySize: 256,
      entropy: secret,
      appliesTo: 'https://x',
      expires: Date.UTC(2026, 10, 22, 12),
      useKey: undefined,
      claims: ['urn:role'],
      target: undefined,
    })
  })

  test.each(['http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey', `${WST_200512}/Bearer`])(
    'for a bearer token may say %s',
    (type) => {
      expect(readTrustRequest(rst(`${issue()}<t:KeyType>${type}</t:KeyType>`)).keyType).toBe('bearer')
    },
  )

  test.each([
    ['no type', '', /RequestType is not known/],
    ['an unknown type', `<t:RequestType>${WST_200512}/Steal</t:RequestType>`, /RequestType is not known/],
    ['the type of another version', `<t:RequestType>${WST_2005}/Issue</t:RequestType>`, /RequestType is not known/],
    ['two types', issue() + issue(), /two RequestType/],
    ['an unknown key type', `${issue()}<t:KeyType>urn:x</t:KeyType>`, /the KeyType urn:x is not known/],
    ['a size that is none', `${issue()}<t:KeySize>-1</t:KeySize>`, /KeySize is no number/],
    [
      'entropy of another kind',
      `${issue()}<t:Entropy><t:EncryptedKey/></t:Entropy>`,
      /only understood as a BinarySecret/,
    ],
    ['short entropy', `${issue()}<t:Entropy><t:BinarySecret>AAAA</t:BinarySecret></t:Entropy>`, /16 to 1024 bytes/],
    [
      'long entropy',
      `${issue()}<t:Entropy><t:BinarySecret>${'AAAA'.repeat(400)}</t:BinarySecret></t:Entropy>`,
      /16 to 1024 bytes/,
    ],
    ['a delegation', `${issue()}<t:OnBehalfOf><x/></t:OnBehalfOf>`, /OnBehalfOf is not supported/],
    [
      'an impersonation',
      `${issue()}<a:ActAs xmlns:a="http://docs.oasis-open.org/ws-sx/ws-trust/200802"><x/></a:ActAs>`,
      /ActAs is not supported/,
    ],
    [
      'AppliesTo without address',
      `${issue()}<AppliesTo xmlns="http://www.w3.org/ns/ws-policy"/>`,
      /AppliesTo has no address/,
    ],
    [
      'an end that is none',
      `${issue()}<t:Lifetime><Expires xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">soon</Expires></t:Lifetime>`,
      /Expires is no instant/,
    ],
    ['an element in a text', `${issue()}<t:TokenType><x/></t:TokenType>`, /invalid or malformed/],
    [
      'two targets',
      `<t:RequestType>${WST_200512}/Cancel</t:RequestType><t:CancelTarget><a/><b/></t:CancelTarget>`,
      /holds not one element/,
    ],
    ['children without end', issue() + '<x/>'.repeat(100), /too many children/],
    ['claims without end', `${issue()}<t:Claims>${'<ClaimType Uri="a"/>'.repeat(101)}</t:Claims>`, /too many claims/],
  ])('with %s is refused', (_, inside, expected) => {
    expect(refusal(rst(inside))).toMatch(expected)
  })

  test('is one of a known version', () => {
    expect(refusal(rst(issue(), 'urn:x'))).toMatch(/is no request/)
    expect(refusal(parseXml(`<RequestSecurityTokenResponse xmlns="${WST_200512}"/>`).root)).toMatch(/is no request/)
  })
})

describe('a message is for the token service', () => {
  const context = (namespace: string, conversation: string, operation = 'Issue'): XmlElement =>
    rst(
      `<t:TokenType>${conversation}/sct</t:TokenType><t:RequestType>${namespace}/${operation}</t:RequestType>`,
      namespace,
    )

  test.each([
    [`${WST_2005}/RST/SCT`, TRUST_2005, 'issue', 'bootstrap'],
    [`${WST_200512}/RST/SCT`, TRUST_13, 'issue', 'bootstrap'],
    [`${WST_200512}/RST/SCT/Renew`, TRUST_13, 'renew', 'service'],
    [`${WST_2005}/RST/SCT/Cancel`, TRUST_2005, 'cancel', 'service'],
  ])('by the action %s, also while its body is encrypted', (action, version, operation, policy) => {
    expect(answersTrustRequest(action, undefined)).toEqual({ version, operation, context: true, policy })
  })

  test('by its body where the action does not say', () => {
    const expected = { version: TRUST_13, operation: 'issue', context: true, policy: 'bootstrap' }
    expect(answersTrustRequest(undefined, context(WST_200512, WSC_200512))).toEqual(expected)
    expect(answersTrustRequest(`${WST_200512}/RST/Issue`, context(WST_200512, WSC_200512))).toEqual(expected)
    expect(answersTrustRequest('', context(WST_2005, WSC_2005, 'Cancel'))).toMatchObject({
      operation: 'cancel',
      policy: 'service',
    })
  })

  test.each([
    ['another action', 'urn:getQuote', undefined],
    [
      'a request for a token that is none of ours',
      `${WST_200512}/RST/Issue`,
      rst(`<t:TokenType>urn:saml</t:TokenType>${issue()}`),
    ],
    ['an action that the body does not bear out', `${WST_200512}/RST/Cancel`, context(WST_200512, WSC_200512)],
    ['a body of another version than its token', undefined, context(WST_200512, WSC_2005)],
    ['the body of an application', undefined, parseXml('<RequestSecurityToken xmlns="urn:app"/>').root],
  ])('not by %s', (_, action, child) => {
    expect(answersTrustRequest(action, child)).toBeUndefined()
  })
})
