import { parseXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { asymmetric, policyText, symmetric, usernameToken } from '../../security/testing/policies.ts'
import { ask, BODY, BODY_ENCRYPTED, BODY_SIGNED, loop } from './loop.ts'
import { clientConfig, keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()
const signed = policyText(asymmetric() + BODY_SIGNED)
const named = policyText(symmetric() + BODY_SIGNED + BODY_ENCRYPTED + usernameToken())

const log = (expression: string): string =>
  `<log level="custom"><property name="seen" expression="${expression}"/></log>`

const seen = (bus: SecuredBus): string[] =>
  bus.log.lines.filter((line) => line.includes('seen = ')).map((line) => line.replace(/[\s\S]*seen = /, ''))

describe('after verification the flow sees', () => {
  test('the user of a UsernameToken', async () => {
    using bus = await loop(named, keys, { mediators: log("get-property('axis2', 'username')") })
    expect((await ask(bus)).status).toBe(200)
    expect(seen(bus)).toEqual(['alice'])
  })

  test('the certificate of the signer', async () => {
    using bus = await loop(signed, keys, { mediators: log('$axis2:X509Certificate') })
    await ask(bus)
    expect(seen(bus)[0]?.replaceAll(/\s/g, '')).toBe(keys.client.certificate.toString().replaceAll(/\s/g, ''))
  })

  test('the results', async () => {
    using bus = await loop(signed, keys, {
      mediators: '<class name="look"/>',
      more: {
        'mediators/look.ts':
          "export default (ctx) => { const [results] = ctx.properties.get('axis2', 'RECV_RESULTS'); ctx.log('INFO', 'look', `seen = ${results.signatures.length} ${results.timestamp !== undefined}`); return 'continue' }\n",
      },
    })
    await ask(bus)
    expect(seen(bus)).toEqual(['1 true'])
  })

  test('the message in clear, and the header that was acted upon', async () => {
    using bus = await loop(named, keys, {
      mediators: log('//q:symbol" xmlns:q="urn:q') + log("count(//*[local-name()='Security'])"),
    })
    await ask(bus)
    expect(seen(bus)).toEqual(['IBM & co', '1.0'])
  })
})

describe('the header that was acted upon', () => {
  const forward = (more: string): Promise<SecuredBus> =>
    SecuredBus.open({
      home: keystores(keys),
      artifacts: {
        'p.xml': `<localEntry key="service-policy">${withConfig(signed, serviceConfig())}</localEntry>`,
        'secure.xml': `<proxy name="Secure"><target><inSequence>${more}<send><endpoint><address uri="http://loop/services/Plain"/></endpoint></send></inSequence><outSequence><send/></outSequence></target><policy key="service-policy"/><enableSec/></proxy>`,
        'plain.xml': '<proxy name="Plain"><target><inSequence><respond/></inSequence></target></proxy>',
      },
    })

  /** A request as a client of the service signs it. */
  async function request(): Promise<Buffer> {
    using bus = await loop(signed, keys)
    await ask(bus)
    return bus.loop.requests[0]?.body ?? Buffer.alloc(0)
  }

  test.each([
    ['goes no further', '', false],
    ['goes on where a flow keeps it', '<property name="preserveProcessedHeaders" value="true"/>', true],
  ])('%s', async (_title, more, kept) => {
    using bus = await forward(more)
    const reply = await bus.request({
      target: '/services/Secure',
      body: await request(),
      headers: { SOAPAction: '"urn:getQuote"' },
    })
    expect(reply.status).toBe(200)
    expect(bus.loop.requests[0]?.body.toString().includes('wsse:Security')).toBe(kept)
  })
})

describe('roles', () => {
  test.each([
    ['admin', 200],
    ['Internal/everyone', 200],
    ['ADMIN, boss', 200],
    ['boss', 500],
  ])('allowRoles %s answers %i', async (roles, status) => {
    using bus = await loop(named, keys, { parameters: `<parameter name="allowRoles">${roles}</parameter>` })
    expect((await ask(bus)).status).toBe(status)
  })

  test("Carbon's roles in the policy hold too, and those of the proxy win", async () => {
    const roles =
      '<sec:CarbonSecConfig xmlns:sec="http://www.wso2.org/products/carbon/security"><sec:Authorization><sec:property name="org.wso2.carbon.security.allowedroles">boss</sec:property></sec:Authorization></sec:CarbonSecConfig>'
    const server = serviceConfig() + roles
    using refused = await loop(named, keys, { server })
    expect((await ask(refused)).status).toBe(500)
    using allowed = await loop(named, keys, { server, parameters: '<parameter name="allowRoles">admin</parameter>' })
    expect((await ask(allowed)).status).toBe(200)
  })

  test('a caller without a name has none', async () => {
    const anonymous = policyText(symmetric() + BODY_SIGNED)
    using bus = await loop(anonymous, keys, {
      parameters: '<parameter name="allowRoles">Internal/everyone</parameter>',
    })
    expect((await ask(bus)).status).toBe(500)
    expect(bus.log.lines.join('\n')).toContain('the caller has no name')
  })
})

describe('publishing', () => {
  const get = async (bus: SecuredBus, query: string) =>
    bus.request({ method: 'GET', target: `/services/Secure?${query}` })

  test('?policy gives the policy without keys, passwords and roles', async () => {
    using bus = await loop(signed, keys)
    const { status, text } = await get(bus, 'policy')
    expect(status).toBe(200)
    expect(parseXml(text).root.name).toBe('Policy')
    expect(text).toContain('AsymmetricBinding')
    expect(text).not.toMatch(/Rampart|keystore|\.pem/)
  })

  test('?wsdl holds the policy, and its bindings refer to it', async () => {
    using bus = await loop(signed, keys)
    const { text } = await get(bus, 'wsdl')
    expect(text).toContain('AsymmetricBinding')
    expect(text.match(/PolicyReference [^>]*URI="#P"/g)).toHaveLength(2)
    expect(text).not.toMatch(/Rampart|keystore/)
  })

  test('a policy without <enableSec/> is published, and that it is not enforced is said', async () => {
    using bus = await SecuredBus.open({
      home: keystores(keys),
      artifacts: {
        'p.xml': `<localEntry key="p">${signed}</localEntry>`,
        's.xml': '<proxy name="Secure"><target><inSequence><respond/></inSequence></target>\n<policy key="p"/></proxy>',
      },
    })
    expect(bus.diagnostics).toEqual([
      expect.stringContaining('s.xml:2:1 warning policy-doubtful: the policy of Secure is published, but not enforced'),
    ])
    expect((await get(bus, 'policy')).text).toContain('AsymmetricBinding')
    expect((await bus.request({ target: '/services/Secure', body: BODY })).status).toBe(200)
  })
})

describe('policies by place', () => {
  const bus = (policies: string, more: Readonly<Record<string, string>> = {}) =>
    SecuredBus.open({
      home: { ...keystores(keys), 'policies/file-policy.xml': withConfig(signed, serviceConfig()) },
      artifacts: {
        'p.xml': `<localEntry key="p">${withConfig(signed, serviceConfig())}</localEntry>`,
        's.xml': `<proxy name="Secure"><target><inSequence><respond/></inSequence></target>${policies}<enableSec/></proxy>`,
        ...more,
      },
    })

  const plain = (secured: SecuredBus, body = BODY) =>
    secured.request({ target: '/services/Secure', body, headers: { SOAPAction: '"urn:getQuote"' } })

  test('in: requests must be signed', async () => {
    using secured = await bus('<policy key="p" type="in"/>')
    expect(secured.diagnostics).toEqual([])
    expect((await plain(secured)).status).toBe(500)
  })

  test('out: answers are signed, requests may be plain', async () => {
    using secured = await bus('<policy key="p" type="out"/>')
    const reply = await plain(secured)
    expect(reply.status).toBe(200)
    expect(reply.text).toContain('SignatureValue')
  })

  test('of an operation: only its messages', async () => {
    using secured = await bus('<policy key="p" operationName="getQuote"/>')
    expect((await plain(secured)).status).toBe(500)
    const other = BODY.replaceAll('getQuote', 'getOther')
    const reply = await secured.request({
      target: '/services/Secure',
      body: other,
      headers: { SOAPAction: '"urn:getOther"' },
    })
    expect(reply.status).toBe(200)
  })

  test('an action does not lead around the policy of the operation in the body', async () => {
    using secured = await bus('<policy key="p" operationName="getQuote"/>')
    const reply = await secured.request({
      target: '/services/Secure',
      body: BODY,
      headers: { SOAPAction: '"urn:getOther"' },
    })
    expect(reply.status).toBe(500)
    expect(secured.log.lines.join('\n')).toContain('the action is for getOther, the body for getQuote')
  })

  test('NoSecurity switches it off', async () => {
    using secured = await bus('<policy key="none"/>', {
      'n.xml': `<localEntry key="none">${policyText(asymmetric(), '1.2', 'NoSecurity')}</localEntry>`,
    })
    expect((await plain(secured)).status).toBe(200)
  })

  test.each([
    ['<policy key="gone"/>', 's.xml:1:114 error reference-unresolved: there is no policy "gone"'],
    ['<policy key="text"/>', 'error element-unknown: "text" holds <a>, which is no policy'],
    ['', 's.xml:1:114 error constraint-violated: <enableSec/> needs a <policy>'],
  ])('%s is a mistake', async (policies, message) => {
    using secured = await bus(policies, { 't.xml': '<localEntry key="text"><a xmlns=""/></localEntry>' })
    expect(secured.diagnostics.join('\n')).toContain(message)
  })
})

describe('callout', () => {
  test('secures what it sends to its serviceURL', async () => {
    using bus = await SecuredBus.open({
      home: keystores(keys),
      artifacts: {
        'sp.xml': `<localEntry key="service-policy">${withConfig(signed, serviceConfig())}</localEntry>`,
        'cp.xml': `<localEntry key="client-policy">${withConfig(signed, clientConfig())}</localEntry>`,
        'secure.xml':
          '<proxy name="Secure"><target><inSequence><respond/></inSequence></target><policy key="service-policy"/><enableSec/></proxy>',
        'front.xml':
          '<proxy name="Front"><target><inSequence><callout serviceURL="http://loop/services/Secure" action="urn:getQuote"><source type="envelope"/><target key="answer"/><enableSec policy="client-policy"/></callout><respond/></inSequence></target></proxy>',
      },
    })
    expect(bus.diagnostics).toEqual([])
    expect((await ask(bus)).status).toBe(200)
    expect(bus.loop.requests[0]?.body.toString()).toContain('SignatureValue')
  })
})
