import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  asymmetric,
  nested,
  policyText,
  readAssertions,
  readTexts,
  suite,
  symmetric,
  transport,
  usernameToken,
} from '../testing/policies.ts'
import type { Binding, PolicyToken } from './policy-model.ts'

const only = (assertions: string, version: '1.1' | '1.2' = '1.2') => {
  const { alternatives, diagnostics } = readAssertions(assertions, version)
  expect(diagnostics).toEqual([])
  expect(alternatives).toHaveLength(1)
  return alternatives[0] as NonNullable<(typeof alternatives)[0]>
}

const bindingOf = <K extends Binding['kind']>(kind: K, assertions: string): Extract<Binding, { kind: K }> => {
  const { binding } = only(assertions)
  expect(binding?.kind).toBe(kind)
  return binding as Extract<Binding, { kind: K }>
}

describe('bindings', () => {
  test('an asymmetric binding has tokens for each side, in both roles', () => {
    const binding = bindingOf('asymmetric', asymmetric())
    expect(binding.initiatorSignature).toMatchObject({
      kind: 'x509',
      inclusion: 'always-to-recipient',
      reference: 'thumbprint',
    })
    expect(binding.recipientEncryption).toMatchObject({ kind: 'x509', inclusion: 'never' })
    expect(binding).toMatchObject({ timestamp: true, encryptFirst: false, encryptSignature: false, layout: 'Lax' })
  })

  test('tokens for signature and encryption alone win over the common one', () => {
    const token = (kind: string, inside: string): string => `<sp:${kind}>${nested(`<sp:${inside}/>`)}</sp:${kind}>`
    const binding = bindingOf(
      'asymmetric',
      `<sp:AsymmetricBinding>${nested(
        token('InitiatorSignatureToken', 'SamlToken') +
          token('InitiatorEncryptionToken', 'X509Token') +
          token('RecipientToken', 'X509Token') +
          suite(),
      )}</sp:AsymmetricBinding>`,
    )
    expect(binding.initiatorSignature?.kind).toBe('saml')
    expect(binding.initiatorEncryption?.kind).toBe('x509')
    expect(binding.recipientSignature?.kind).toBe('x509')
  })

  test('a symmetric binding has one token for both purposes, or two', () => {
    const binding = bindingOf(
      'symmetric',
      symmetric({ options: '<sp:EncryptSignature/><sp:EncryptBeforeSigning/><sp:ProtectTokens/>' }),
    )
    expect(binding.signature).toEqual(binding.encryption)
    expect(binding).toMatchObject({ encryptFirst: true, encryptSignature: true, protectTokens: true, timestamp: false })
    expect(binding.encryption?.kind).toBe('x509')
  })

  test('a transport binding asks for https, in 1.1 with an attribute for the client certificate', () => {
    expect(bindingOf('transport', transport()).token).toMatchObject({ kind: 'https', clientCertificate: false })
    const { token } = bindingOf('transport', transport({}, '<sp:HttpsToken RequireClientCertificate="true"/>'))
    expect(token?.clientCertificate).toBe(true)
    const nestedForm = bindingOf(
      'transport',
      transport(
        {},
        `<sp:HttpsToken>${nested('<sp:RequireClientCertificate/><sp:HttpBasicAuthentication/>')}</sp:HttpsToken>`,
      ),
    )
    expect(nestedForm.token).toMatchObject({ clientCertificate: true, authentication: 'basic' })
  })

  test.each(['Strict', 'Lax', 'LaxTsFirst', 'LaxTsLast'])('the layout %s is kept', (layout) => {
    expect(
      bindingOf('symmetric', symmetric({ options: `<sp:Layout>${nested(`<sp:${layout}/>`)}</sp:Layout>` })).layout,
    ).toBe(layout)
  })

  test('Rampart calls a layout by a longer name', () => {
    const options = `<sp:Layout>${nested('<sp:LaxTimestampFirst/>')}</sp:Layout>`
    expect(bindingOf('symmetric', symmetric({ options })).layout).toBe('LaxTsFirst')
  })

  test('an optional timestamp gives two alternatives', () => {
    const { alternatives } = readAssertions(asymmetric({ options: '<sp:IncludeTimestamp wsp:Optional="true"/>' }))
    expect(alternatives.map(({ binding }) => binding?.timestamp)).toEqual([true, false])
  })

  test('the version of the binding is the version of the policy', () => {
    expect(only(asymmetric({ version: '1.1' }), '1.1').version).toBe('1.1')
    expect(only(asymmetric()).version).toBe('1.2')
  })

  test('what a binding says beside the suite is not lost by its order', () => {
    const reversed = `<sp:AlgorithmSuite>${nested('<sp:InclusiveC14N/><sp:XPath10/><sp:Basic128/>')}</sp:AlgorithmSuite>`
    const { binding } = only(`<sp:SymmetricBinding>${nested(reversed)}</sp:SymmetricBinding>`)
    expect(binding).toMatchObject({ inclusiveC14n: true, suite: { name: 'Basic128' } })
  })
})

const suiteOf = (name: string) => {
  const { binding } = only(symmetric({ suite: name }))
  return binding?.suite
}

describe('algorithm suites', () => {
  test.each([
    ['sp:Basic256', 'aes256-cbc', 32, 'rsa-oaep-mgf1p', 'sha1'],
    ['sp:Basic192', 'aes192-cbc', 24, 'rsa-oaep-mgf1p', 'sha1'],
    ['sp:Basic128Rsa15', 'aes128-cbc', 16, 'rsa-1_5', 'sha1'],
    ['sp:TripleDes', 'tripledes-cbc', 24, 'rsa-oaep-mgf1p', 'sha1'],
    ['sp:TripleDesSha256Rsa15', 'tripledes-cbc', 24, 'rsa-1_5', 'sha256'],
    ['sp:Basic256Sha256', 'aes256-cbc', 32, 'rsa-oaep-mgf1p', 'sha256'],
    ['cxf:Basic128GCM', 'aes128-gcm', 16, 'rsa-oaep-mgf1p', 'sha256'],
    ['cxf:Basic256GcmSha256', 'aes256-gcm', 32, 'rsa-oaep-mgf1p', 'sha256'],
  ])('%s encrypts with %s under keys of %i bytes', (name, cipher, bytes, transported, digest) => {
    const found = suiteOf(name)
    expect(found?.encryption[0]).toMatch(new RegExp(`#${cipher}$`))
    expect(found?.keyLength).toBe(bytes)
    expect(found?.keyTransport[0]).toMatch(new RegExp(`#${transported}$`))
    expect(found?.digest[0]).toMatch(new RegExp(`#${digest}$`))
  })

  test('COMPAT sha256-suite-signature: …Sha256 writes RSA-SHA256 and reads RSA-SHA1 too', () => {
    const signatures = suiteOf('sp:Basic256Sha256')?.asymmetricSignature ?? []
    expect(signatures[0]).toMatch(/#rsa-sha256$/)
    expect(signatures.some((uri) => uri.endsWith('#rsa-sha1'))).toBe(true)
    expect(suiteOf('cxf:Basic256GCM')?.asymmetricSignature.some((uri) => uri.endsWith('#rsa-sha1'))).toBe(false)
  })

  test('RSA 1.5 is read only where the suite names it', () => {
    expect(suiteOf('sp:Basic256')?.keyTransport.join(' ')).not.toContain('rsa-1_5')
    expect(suiteOf('sp:Basic256Rsa15')?.keyTransport).toEqual(['http://www.w3.org/2001/04/xmlenc#rsa-1_5'])
  })

  test.each([
    ['<sp:Basic257/>', 'element-unknown: <Basic257> is no algorithm suite; did you mean "Basic256"?'],
    ['<foreign:Basic256/>', 'element-unknown: <Basic256> is no algorithm suite; did you mean "Basic256"?'],
    ['<sp:XPath10/>', 'element-missing: <AlgorithmSuite> names no suite, such as <sp:Basic256Sha256/>'],
  ])('%s alone is a mistake', (inside, message) => {
    const { diagnostics } = readAssertions(
      `<sp:SymmetricBinding><wsp:Policy>\n <sp:AlgorithmSuite>${nested(inside)}</sp:AlgorithmSuite></wsp:Policy></sp:SymmetricBinding>`,
    )
    expect(diagnostics).toEqual([expect.stringMatching(/^p\.xml:3:\d+ error /)])
    expect(diagnostics[0]).toContain(message)
  })

  test('a binding without a suite is a mistake at the binding', () => {
    expect(readAssertions('  <sp:TransportBinding><wsp:Policy/></sp:TransportBinding>').diagnostics).toEqual([
      'p.xml:2:3 error element-missing: <TransportBinding> needs an <AlgorithmSuite>',
    ])
  })
})

const tokenOf = (token: string): PolicyToken | undefined =>
  only(`<sp:SupportingTokens>${nested(token)}</sp:SupportingTokens>`).supporting[0]?.tokens[0]

describe('tokens', () => {
  test.each([
    ['', 'any'],
    ['<sp:HashPassword/>', 'digest'],
    ['<sp:NoPassword/>', 'none'],
  ])('a UsernameToken with %s takes %s passwords', (inside, password) => {
    expect(tokenOf(`<sp:UsernameToken>${nested(inside)}</sp:UsernameToken>`)).toMatchObject({
      kind: 'username',
      password,
    })
  })

  test('1.3 asks for nonce and creation time', () => {
    const token = tokenOf(`<sp:UsernameToken>${nested('<sp13:Created/><sp13:Nonce/>')}</sp:UsernameToken>`)
    expect(token).toMatchObject({ created: true, nonce: true })
  })

  test.each([
    ['RequireKeyIdentifierReference', 'key-identifier'],
    ['RequireIssuerSerialReference', 'issuer-serial'],
    ['RequireThumbprintReference', 'thumbprint'],
    ['RequireEmbeddedTokenReference', 'embedded'],
  ])('an X509Token with %s is referred to by %s', (name, reference) => {
    expect(tokenOf(`<sp:X509Token>${nested(`<sp:${name}/>`)}</sp:X509Token>`)?.reference).toBe(reference)
  })

  test.each([
    ['WssX509V3Token10', 'certificate'],
    ['WssX509Pkcs7Token11', 'pkcs7'],
    ['WssX509PkiPathV1Token10', 'pkipath'],
  ])('an X509Token of the profile %s is a %s', (profile, form) => {
    expect(tokenOf(`<sp:X509Token>${nested(`<sp:${profile}/>`)}</sp:X509Token>`)).toMatchObject({
      form,
      profiles: [profile],
    })
  })

  test.each([
    ['Never', 'never'],
    ['Once', 'once'],
    ['AlwaysToRecipient', 'always-to-recipient'],
    ['AlwaysToInitiator', 'always-to-initiator'],
    ['Always', 'always'],
  ])('IncludeToken …/%s is understood', (word, inclusion) => {
    const uri = `http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702/IncludeToken/${word}`
    expect(tokenOf(`<sp:X509Token sp:IncludeToken="${uri}"/>`)?.inclusion).toBe(inclusion)
    expect(tokenOf(`<sp:X509Token IncludeToken="${uri}"/>`)?.inclusion).toBe(inclusion)
  })

  test.each([
    ['RequireDerivedKeys', 'any'],
    ['RequireExplicitDerivedKeys', 'explicit'],
    ['RequireImpliedDerivedKeys', 'implied'],
  ])('%s is kept', (name, derived) => {
    expect(tokenOf(`<sp:X509Token>${nested(`<sp:${name}/>`)}</sp:X509Token>`)?.derived).toBe(derived)
  })

  test('an IssuedToken says who issues which token', () => {
    const token =
      tokenOf(`<sp:IssuedToken><sp:Issuer><Address xmlns="http://www.w3.org/2005/08/addressing"> https://sts </Address></sp:Issuer>
<sp:RequestSecurityTokenTemplate xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"><t:TokenType>urn:oasis:names:tc:SAML:2.0:assertion</t:TokenType>
<t:KeyType>http://schemas.xmlsoap.org/ws/2005/02/trust/SymmetricKey</t:KeyType><t:KeySize>256</t:KeySize></sp:RequestSecurityTokenTemplate>
${nested('<sp:RequireInternalReference/>')}</sp:IssuedToken>`)
    expect(token).toMatchObject({
      kind: 'issued',
      issuer: 'https://sts',
      tokenType: 'urn:oasis:names:tc:SAML:2.0:assertion',
      keyType: 'symmetric',
      keySize: 256,
      reference: 'internal',
    })
  })

  test('a SecureConversationToken brings the policy of its bootstrap', () => {
    const token = tokenOf(
      `<sp:SecureConversationToken>${nested(`<sp:BootstrapPolicy>${nested(asymmetric() + '<sp:SignedParts><sp:Body/></sp:SignedParts>')}</sp:BootstrapPolicy><sp:MustNotSendCancel/>`)}</sp:SecureConversationToken>`,
    )
    expect(token).toMatchObject({ kind: 'secure-conversation', sendsCancel: false, sendsRenew: true })
    expect(token?.kind === 'secure-conversation' && token.bootstrap?.[0]?.binding?.kind).toBe('asymmetric')
    expect(token?.kind === 'secure-conversation' && token.bootstrap?.[0]?.signed.body).toBe(true)
  })

  test('a KerberosToken may be wrapped for GSS', () => {
    expect(
      tokenOf(`<sp:KerberosToken>${nested('<sp:WssGssKerberosV5ApReqToken11/>')}</sp:KerberosToken>`),
    ).toMatchObject({ gss: true })
    expect(tokenOf('<sp:KerberosToken/>')).toMatchObject({ kind: 'kerberos', gss: false })
  })

  test.each([
    ['<sp:RelToken/>', '2:34 error element-unsupported: <RelToken>: licences (REL) are not read; use a SAML token'],
    [
      '<sp:SpnegoContextToken/>',
      '2:34 error element-unsupported: <SpnegoContextToken>: SPNEGO is not spoken; use a Kerberos token',
    ],
    [
      '<sp:X590Token/>',
      '2:34 error element-unknown: <SupportingTokens> has no assertion <X590Token>; did you mean "X509Token"?',
    ],
    [
      '<sp:X509Token sp:IncludeToken="Sometimes"/>',
      '2:34 error attribute-invalid: IncludeToken="Sometimes" is none of Never, Once, AlwaysToRecipient, AlwaysToInitiator, Always',
    ],
    [
      '<sp:X509Token><wsp:Policy><sp:RequireThumbprint/></wsp:Policy></sp:X509Token>',
      '2:60 error element-unknown: <X509Token> has no assertion <RequireThumbprint>',
    ],
  ])('%s is a mistake at its place', (token, message) => {
    const { diagnostics } = readAssertions(`<sp:SupportingTokens>${nested(token)}</sp:SupportingTokens>`)
    expect(diagnostics).toEqual([`p.xml:${message}`])
  })
})

describe('supporting tokens', () => {
  test.each([
    ['SupportingTokens', false, false, false],
    ['SignedSupportingTokens', true, false, false],
    ['EndorsingSupportingTokens', false, true, false],
    ['SignedEndorsingSupportingTokens', true, true, false],
    ['EncryptedSupportingTokens', false, false, true],
    ['SignedEncryptedSupportingTokens', true, false, true],
    ['EndorsingEncryptedSupportingTokens', false, true, true],
    ['SignedEndorsingEncryptedSupportingTokens', true, true, true],
  ])('%s', (kind, signedToken, endorsing, encryptedToken) => {
    expect(only(usernameToken('', kind)).supporting).toEqual([
      expect.objectContaining({ signedToken, endorsing, encryptedToken }),
    ])
  })

  test('they may name parts of their own', () => {
    const parts = '<sp:X509Token/><sp:SignedParts><sp:Header Name="To" Namespace="urn:a"/></sp:SignedParts>'
    const [supporting] = only(
      `<sp:EndorsingSupportingTokens>${nested(parts)}</sp:EndorsingSupportingTokens>`,
    ).supporting
    expect(supporting?.signed.headers).toEqual([{ name: 'To', namespace: 'urn:a' }])
  })

  test('without a token they are a mistake', () => {
    expect(readAssertions(`<sp:SupportingTokens>${nested('')}</sp:SupportingTokens>`).diagnostics).toEqual([
      'p.xml:2:1 error element-missing: <SupportingTokens> holds no token',
    ])
  })
})

describe('parts', () => {
  test('body, headers by name, headers of a namespace, attachments', () => {
    const parts =
      '<sp:SignedParts><sp:Body/><sp:Header Name="a" Namespace="urn:h"/><sp:Header Namespace="urn:all"/><sp:Attachments/></sp:SignedParts>'
    expect(only(parts).signed).toEqual({
      body: true,
      everyHeader: false,
      headers: [
        { name: 'a', namespace: 'urn:h' },
        { name: undefined, namespace: 'urn:all' },
      ],
      attachments: true,
    })
  })

  test('SignedParts without children mean everything, EncryptedParts the body', () => {
    expect(only('<sp:SignedParts/>').signed).toMatchObject({ body: true, everyHeader: true })
    expect(only('<sp:EncryptedParts/>').encrypted).toMatchObject({ body: true, everyHeader: false })
  })

  test('parts of several assertions add up', () => {
    const { signed } = only(
      '<sp:SignedParts><sp:Body/></sp:SignedParts><sp:SignedParts><sp:Header Namespace="urn:h"/></sp:SignedParts>',
    )
    expect(signed).toMatchObject({ body: true, headers: [{ namespace: 'urn:h' }] })
  })

  test('elements are XPaths with the prefixes in force where they stand', () => {
    const policy = only(
      '<sp:SignedElements xmlns:q="urn:q"><sp:XPath xmlns:r="urn:r">//q:a/r:b</sp:XPath></sp:SignedElements><sp:ContentEncryptedElements><sp:XPath>//x</sp:XPath></sp:ContentEncryptedElements><sp:RequiredElements><sp:XPath>//y</sp:XPath></sp:RequiredElements>',
    )
    expect(policy.signedElements[0]?.expression).toBe('//q:a/r:b')
    expect(policy.signedElements[0]?.namespaces.get('q')).toBe('urn:q')
    expect(policy.signedElements[0]?.namespaces.get('r')).toBe('urn:r')
    expect(policy.encryptedContent[0]?.expression).toBe('//x')
    expect(policy.requiredElements[0]?.expression).toBe('//y')
  })

  test('required parts are headers', () => {
    expect(
      only('<sp:RequiredParts><sp:Header Name="a" Namespace="urn:h"/></sp:RequiredParts>').requiredHeaders,
    ).toEqual([{ name: 'a', namespace: 'urn:h' }])
  })

  test.each([
    [
      '<sp:SignedParts>\n<sp:Bodies/></sp:SignedParts>',
      '3:1 error element-unknown: <SignedParts> holds <Body>, <Header> and <Attachments>, not <Bodies>',
    ],
    [
      '<sp:SignedParts>\n<sp:Header Name="a"/></sp:SignedParts>',
      '3:1 error attribute-missing: <Header> needs the attribute "Namespace"',
    ],
    [
      '<sp:SignedElements XPathVersion="http://www.w3.org/TR/xpath20"/>',
      '2:1 error element-unsupported: XPathVersion="http://www.w3.org/TR/xpath20": only XPath 1.0 is read',
    ],
    [
      '<sp:SignedElements><sp:XPath2/></sp:SignedElements>',
      '2:20 error element-unsupported: <XPath2>: filters are not read; write <XPath>',
    ],
  ])('%s is a mistake at its place', (assertion, message) => {
    expect(readAssertions(assertion).diagnostics).toEqual([`p.xml:${message}`])
  })
})

describe('the rest of a policy', () => {
  test('Wss10 and Wss11 say which references are understood', () => {
    const { wss } = only(
      `<sp:Wss10>${nested('<sp:MustSupportRefIssuerSerial/>')}</sp:Wss10><sp:Wss11>${nested('<sp:MustSupportRefThumbprint/><sp:RequireSignatureConfirmation/>')}</sp:Wss11>`,
    )
    expect(wss).toEqual([
      { version: '1.0', references: new Set(['issuer-serial']), signatureConfirmation: false },
      { version: '1.1', references: new Set(['thumbprint']), signatureConfirmation: true },
    ])
  })

  test('Trust10 and Trust13 say whose entropy is needed', () => {
    expect(only(`<sp:Trust10>${nested('<sp:RequireClientEntropy/>')}</sp:Trust10>`).trust).toEqual({
      version: '1.0',
      clientEntropy: true,
      serverEntropy: false,
    })
  })

  test('an MTOM assertion counts unless it is optional', () => {
    expect(only('<mtom:OptimizedMimeSerialization/>').mtom).toBe(true)
    const { alternatives } = readAssertions('<mtom:OptimizedMimeSerialization wsp:Optional="true"/>')
    expect(alternatives.map(({ mtom }) => mtom)).toEqual([false, false])
  })

  test('Carbon names the roles that may call', () => {
    const roles =
      '<sec:CarbonSecConfig><sec:Authorization><sec:property name="org.wso2.carbon.security.allowedroles">admin, Internal/everyone ,</sec:property></sec:Authorization></sec:CarbonSecConfig>'
    expect(only(roles).roles).toEqual(['admin', 'Internal/everyone'])
    expect(only('').roles).toBeUndefined()
  })

  test('addressing is always understood; what other layers do is no matter of policies; the rest is a mistake', () => {
    expect(only('<a:UsingAddressing xmlns:a="http://www.w3.org/2006/05/addressing/wsdl"/>').binding).toBeUndefined()
    expect(readAssertions('<throttle:MediatorThrottleAssertion/>').diagnostics).toEqual([
      'p.xml:2:1 error element-unsupported: <MediatorThrottleAssertion> has no effect in a policy: use the throttle mediator',
    ])
    expect(readAssertions('<foreign:Thing/>').diagnostics).toEqual([
      'p.xml:2:1 error element-unknown: <Thing> of the namespace "urn:nobody" is no assertion that is known here',
    ])
  })

  test('two bindings that hold together are a mistake', () => {
    expect(readTexts([policyText(asymmetric()), policyText(symmetric())]).diagnostics).toEqual([
      expect.stringContaining('error element-repeated: one alternative of a policy can have one binding only'),
    ])
  })

  test('a policy for a message adds to that of the service', () => {
    const { alternatives } = readTexts([
      policyText(asymmetric()),
      policyText('<sp:SignedParts><sp:Body/></sp:SignedParts>'),
    ])
    expect(alternatives).toEqual([
      expect.objectContaining({
        binding: expect.objectContaining({ kind: 'asymmetric' }) as unknown,
        signed: expect.objectContaining({ body: true }) as unknown,
      }),
    ])
  })

  test('no policy at all has no alternative', () => {
    expect(readTexts([]).alternatives).toEqual([])
  })
})

const CORPUS = join(import.meta.dirname, '../../../shared/corpus/integration/resources/policies')
const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => !name.includes('throttle')) : []

test.skipIf(files.length > 0 || process.env['CI'] !== 'true')(
  'the policies of ../shared/corpus are there on the build server',
  () => {
    expect(files).not.toEqual([])
  },
)

describe.skipIf(files.length === 0)('the policies of WSO2 (skipped without ../shared/corpus)', () => {
  test.each(files)('%s is read without a mistake', (name) => {
    const { alternatives, diagnostics } = readTexts([readFileSync(join(CORPUS, name), 'utf8')])
    expect(diagnostics.filter((each) => !each.includes('policy-doubtful'))).toEqual([])
    expect(alternatives.length).toBeGreaterThan(0)
  })
})
