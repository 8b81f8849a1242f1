import { describe, expect, test } from 'vitest'
import { readAssertions } from '../testing/policies.ts'
import { DEFAULT_RAMPART, type RampartConfig } from './rampart-config.ts'

const read = (inside: string) => {
  const { alternatives, diagnostics } = readAssertions(`<rampart:RampartConfig>\n${inside}\n</rampart:RampartConfig>`)
  return { config: alternatives[0]?.rampart as RampartConfig, diagnostics }
}

const element = (name: string, text: string): string => `<rampart:${name}>${text}</rampart:${name}>`

const crypto = (provider: string, properties: Readonly<Record<string, string>>): string =>
  `<rampart:crypto provider="${provider}">${Object.entries(properties)
    .map(([name, value]) => `\n<rampart:property name="${name}">${value}</rampart:property>`)
    .join('')}</rampart:crypto>`

const MERLIN = 'org.apache.ws.security.components.crypto.Merlin'
const CARBON = 'org.wso2.carbon.security.util.ServerCrypto'

describe('RampartConfig', () => {
  test('without one the defaults of Rampart hold, but a SAML subject is confirmed', () => {
    expect(readAssertions('').alternatives[0]?.rampart).toBeUndefined()
    expect(DEFAULT_RAMPART).toMatchObject({
      timestampLifetime: 300,
      timestampSkew: 300,
      timestampFuture: 60,
      timestampStrict: false,
      nonceLifetime: 300,
      confirmsSamlSubject: true,
      mustUnderstand: true,
    })
  })

  test('users and aliases', () => {
    const { config } = read(
      element('user', 'alice') +
        element('userCertAlias', 'alice-key') +
        element('encryptionUser', ' useReqSigCert ') +
        element('stsAlias', 'sts'),
    )
    expect(config).toMatchObject({
      user: 'alice',
      signatureAlias: 'alice-key',
      encryptionUser: 'useReqSigCert',
      stsAlias: 'sts',
    })
  })

  test.each([
    ['timestampTTL', 'timestampLifetime'],
    ['timestampMaxSkew', 'timestampSkew'],
    ['timestampFutureTTL', 'timestampFuture'],
    ['nonceLifeTime', 'nonceLifetime'],
    ['utTTL', 'usernameLifetime'],
    ['utFutureTTL', 'usernameFuture'],
  ] as const)('%s is a number of seconds', (name, field) => {
    expect(read(element(name, ' 42 ')).config[field]).toBe(42)
    expect(read(element(name, 'soon')).diagnostics).toEqual([
      `p.xml:3:1 error text-invalid: <${name}> needs a number of seconds, not "soon"`,
    ])
  })

  test.each([
    ['timestampStrict', 'timestampStrict', true],
    ['timestampPrecisionInMs', 'milliseconds', false],
    ['timestampPrecisionInMilliseconds', 'milliseconds', false],
    ['allowUsernameTokenNoPassword', 'allowNoPassword', true],
    ['disableBSPEnforcement', 'lenientProfile', true],
    ['validateSamlSubjectConfirmation', 'confirmsSamlSubject', false],
    ['mustUnderstandSecurityHeader', 'mustUnderstand', false],
  ] as const)('%s is a switch', (name, field, value) => {
    expect(read(element(name, String(value))).config[field]).toBe(value)
    expect(read(element(name, 'perhaps')).diagnostics).toEqual([
      `p.xml:3:1 error text-invalid: <${name}> is true or false, not "perhaps"`,
    ])
  })

  test('a password callback is a name at a place', () => {
    expect(read(element('passwordCallbackClass', '\n  com.acme.Callback ')).config.passwordCallback).toMatchObject({
      name: 'com.acme.Callback',
      at: { line: 3, column: 1 },
    })
  })

  test.each([
    [
      'policyValidatorCbClass',
      'element-unsupported: <policyValidatorCbClass>: policies are validated by the bus alone',
    ],
    ['rampartConfigCallbackClass', 'element-unsupported: <rampartConfigCallbackClass>: write the configuration'],
    ['tokenStoreClass', 'class-unknown: tokenStoreClass "x.Y" is not known'],
    ['timestampTtl', 'element-unknown: <RampartConfig> has no <timestampTtl>; did you mean "timestampTTL"?'],
  ])('%s is refused at its place', (name, message) => {
    const { diagnostics } = read(element(name, 'x.Y'))
    expect(diagnostics).toEqual([expect.stringContaining(`p.xml:3:1 error ${message}`)])
  })

  test.each([
    'org.apache.rahas.SimpleTokenStore',
    'org.wso2.carbon.security.util.SecurityTokenStore\n\t\t',
    'org.wso2.micro.integrator.security.extensions.SecurityTokenStore',
  ])('the token store %s is the own one', (name) => {
    expect(read(element('tokenStoreClass', name)).diagnostics).toEqual([])
  })

  test('TLS is a matter of the settings', () => {
    const { diagnostics } = read(
      '<rampart:sslConfig><rampart:property name="javax.net.ssl.trustStore">t.jks</rampart:property></rampart:sslConfig>',
    )
    expect(diagnostics).toEqual([
      expect.stringContaining('p.xml:3:1 warning policy-doubtful: <sslConfig> has no effect: keys and trust for https'),
    ])
  })

  test('settings for Kerberos are properties or elements', () => {
    const { config } = read(
      `<rampart:kerberosConfig><rampart:property name="service.principal.name">HTTP/x</rampart:property><rampart:jaasContext>C</rampart:jaasContext></rampart:kerberosConfig>`,
    )
    expect(config.kerberos.get('service.principal.name')).toBe('HTTP/x')
    expect(config.kerberos.get('jaasContext')).toBe('C')
  })
})

describe('crypto', () => {
  test.each([
    [
      'org.apache.ws.security.components.crypto.Merlin',
      'org.apache.ws.security.crypto.merlin.file',
      'org.apache.ws.security.crypto.merlin.',
    ],
    [
      'org.apache.wss4j.common.crypto.Merlin',
      'org.apache.wss4j.crypto.merlin.keystore.file',
      'org.apache.wss4j.crypto.merlin.',
    ],
  ])('%s names a keystore, its passwords and a truststore', (provider, file, prefix) => {
    const { config, diagnostics } = read(
      element(
        'signatureCrypto',
        crypto(provider, {
          [file]: '\n store.jks\n',
          [`${prefix}keystore.type`]: 'JKS',
          [`${prefix}keystore.password`]: 'secret',
          [`${prefix}keystore.alias`]: 'bob',
          [`${prefix}keystore.private.password`]: 'key',
          [`${prefix}truststore.file`]: 'trust.p12',
          [`${prefix}truststore.type`]: 'PKCS12',
          [`${prefix}truststore.password`]: 'open',
          [`${prefix}x509crl.file`]: 'revoked.crl',
        }),
      ),
    )
    expect(diagnostics).toEqual([])
    expect(config.signatureCrypto).toMatchObject({
      keyStore: { file: 'store.jks', type: 'JKS', password: 'secret' },
      trustStores: [{ file: 'trust.p12', type: 'PKCS12', password: 'open' }],
      alias: 'bob',
      keyPassword: 'key',
      revocationList: 'revoked.crl',
    })
  })

  test("Carbon's provider names stores of the server", () => {
    const prefix = 'org.wso2.carbon.security.crypto.'
    const { config, diagnostics } = read(
      element(
        'encryptionCrypto',
        crypto(CARBON, {
          [`${prefix}alias`]: 'wso2carbon',
          [`${prefix}privatestore`]: 'wso2carbon.jks',
          [`${prefix}truststores`]: 'wso2carbon.jks, partners.jks',
          'org.wso2.stratos.tenant.id': '-1234',
          'rampart.config.user': 'wso2carbon',
        }),
      ),
    )
    expect(diagnostics).toEqual([])
    expect(config.encryptionCrypto).toMatchObject({
      keyStore: { file: 'wso2carbon.jks' },
      trustStores: [{ file: 'wso2carbon.jks' }, { file: 'partners.jks' }],
      alias: 'wso2carbon',
    })
  })

  test('COMPAT encryption-cypto: the misspelt element is read, with a word about it', () => {
    const { config, diagnostics } = read(
      element('encryptionCypto', crypto(MERLIN, { 'org.apache.ws.security.crypto.merlin.file': 'e.jks' })),
    )
    expect(config.encryptionCrypto?.keyStore?.file).toBe('e.jks')
    expect(diagnostics).toEqual(['p.xml:3:1 warning policy-doubtful: <encryptionCypto> is read as <encryptionCrypto>'])
  })

  test.each([
    [
      crypto('org.apache.Merlin', {}),
      '3:26 error class-unknown: provider="org.apache.Merlin" is no known crypto provider',
    ],
    [
      crypto(MERLIN, { 'org.apache.ws.security.crypto.merlin.flie': 'x' }),
      '4:1 error attribute-invalid: the property "org.apache.ws.security.crypto.merlin.flie" is not known; did you mean "org.apache.ws.security.crypto.merlin.file"?',
    ],
    ['', '3:1 error element-missing: <signatureCrypto> needs a <crypto>'],
  ])('%s is a mistake at its place', (inside, message) => {
    expect(read(element('signatureCrypto', inside)).diagnostics).toEqual([`p.xml:${message}`])
  })
})

describe('optimizeParts', () => {
  test('expressions use prefixes that are declared, listed, or known', () => {
    const { config } =
      read(`<rampart:optimizeParts><rampart:namespaces><rampart:namespace uri="urn:q" prefix="q"/></rampart:namespaces>
<rampart:expressions><rampart:expression>//xenc:CipherValue</rampart:expression><rampart:expression>//q:image</rampart:expression></rampart:expressions></rampart:optimizeParts>`)
    expect(config.optimizeParts.map(({ expression }) => expression)).toEqual(['//xenc:CipherValue', '//q:image'])
    const namespaces = config.optimizeParts[1]?.namespaces
    expect(namespaces?.get('q')).toBe('urn:q')
    expect(namespaces?.get('xenc')).toBe('http://www.w3.org/2001/04/xmlenc#')
    expect(namespaces?.get('rampart')).toBe('http://ws.apache.org/rampart/policy')
  })

  test('the older form is one text', () => {
    const { config } = read(element('optimizeParts', '//a &lt;> //b'))
    expect(config.optimizeParts.map(({ expression }) => expression)).toEqual(['//a', '//b'])
  })

  test('without an expression it is a mistake', () => {
    expect(read('<rampart:optimizeParts/>').diagnostics).toEqual([
      'p.xml:3:1 error element-missing: <optimizeParts> holds no <expression>',
    ])
  })
})
