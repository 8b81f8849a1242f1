import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseXml } from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAssertion, samlTokenType } from '../../../security/saml/index.ts'
import { asymmetric, nested, policyText, suite } from '../../../security/testing/policies.ts'
import { WST_2005, WST_200512 } from '../../../security/trust/trust-version.ts'
import { type BusProcess, startBus } from '../../conformance/bus-process.ts'
import { BODY_ENCRYPTED, BODY_SIGNED } from '../../security/loop.ts'
import { keystores, makeKeys, serviceConfig, withConfig } from '../../security/secured-bus.ts'
import { missingPeerTools } from '../peer.ts'

const missing = missingPeerTools()
if (missing.length > 0) console.warn(`skipped: ${missing.join(' and ')} are not installed`)

const SP = {
  '1.1': 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
  '1.2': 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
} as const
const ORDERS = 'https://bus.example/services/Orders'
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const keys = makeKeys()

/** CXF leaves a token out that the policy says how to refer to. */
const certificates = (version: '1.1' | '1.2'): string =>
  asymmetric({ version, suite: 'sp:Basic256' }).replace('<sp:RequireThumbprintReference/>', '')
const signedAndEncrypted = BODY_SIGNED + BODY_ENCRYPTED

const conversation = (version: '1.1' | '1.2', derived: string): string =>
  policyText(
    `<sp:SymmetricBinding>${nested(
      `<sp:ProtectionToken>${nested(
        `<sp:SecureConversationToken sp:IncludeToken="${SP[version]}/IncludeToken/AlwaysToRecipient">${nested(`${derived}<sp:BootstrapPolicy>${nested(certificates(version) + signedAndEncrypted)}</sp:BootstrapPolicy>`)}</sp:SecureConversationToken>`,
      )}</sp:ProtectionToken>${suite('sp:Basic256')}<sp:Layout>${nested('<sp:Lax/>')}</sp:Layout><sp:IncludeTimestamp/>`,
    )}</sp:SymmetricBinding>${signedAndEncrypted}`,
    version,
  )

const POLICIES: Readonly<Record<string, string>> = {
  'conversation-11': conversation('1.1', ''),
  'conversation-11-derived': conversation('1.1', '<sp:RequireDerivedKeys/>'),
  'conversation-12': conversation('1.2', ''),
  'conversation-12-derived': conversation('1.2', '<sp:RequireDerivedKeys/>'),
  tokens: policyText(certificates('1.2') + signedAndEncrypted),
}

const ISSUER = `<parameter name="saml-issuer-config"><saml-issuer-config xmlns=""><issuerName>https://sts.example</issuerName><timeToLive>600000</timeToLive><trusted-services><service alias="service">${ORDERS}</service></trusted-services></saml-issuer-config></parameter>`

describe.runIf(missing.length === 0)('Apache CXF', () => {
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-cxf-'))
  let classPath = ''
  let bus: BusProcess

  const write = (name: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }

  beforeAll(async () => {
    execFileSync(
      'mvn',
      ['-q', '-B', '-f', here('pom.xml'), 'dependency:build-classpath', `-Dmdep.outputFile=${join(folder, 'list')}`],
      { stdio: 'pipe' },
    )
    classPath = `${folder}:${readFileSync(join(folder, 'list'), 'utf8')}`
    execFileSync('javac', ['-nowarn', '-cp', classPath, '-d', folder, here('CxfPeer.java')], { stdio: 'pipe' })
    write('keys/client.key', keys.client.privateKey.export({ format: 'der', type: 'pkcs8' }))
    for (const [name, { certificate }] of [
      ['client', keys.client],
      ['server', keys.service],
      ['ca', keys.authority],
    ] as const)
      write(`keys/${name}.crt`, certificate.raw)
    for (const [name, text] of Object.entries(keystores(keys))) write(`home/${name}`, text)
    for (const [name, policy] of Object.entries(POLICIES)) {
      write(`${name}.xml`, policy)
      write(`home/policies/${name}.xml`, withConfig(policy, serviceConfig()))
      write(
        `home/proxies/${name}.xml`,
        `<proxy xmlns="http://ws.apache.org/ns/synapse" name="${name}"><target><inSequence><respond/></inSequence></target><policy key="file:policies/${name}.xml"/><enableSec/>${name === 'tokens' ? ISSUER : ''}</proxy>`,
      )
    }
    bus = await startBus(join(folder, 'home'), { port: 0 })
  }, 300_000)

  afterAll(async () => {
    await bus[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  async function peer(mode: string, name: string, ...args: readonly string[]): Promise<string[]> {
    const url = `${bus.listening[0] ?? ''}/services/${name}`
    const { stdout } = await promisify(execFile)(
      'java',
      ['-cp', classPath, 'CxfPeer', mode, join(folder, 'keys'), join(folder, `${name}.xml`), url, ...args],
      { timeout: 100_000 },
    )
    return stdout.trim().split('\n')
  }

  test.each(Object.keys(POLICIES).filter((name) => name !== 'tokens'))(
    'holds a secure conversation with us: %s',
    async (name) => {
      const answers = await peer('call', name, '3')
      expect(
        answers.map((line) => line.replace(/^answered .*>(.*)<.*$/, '$1')),
        bus.log(),
      ).toEqual(['IBM 0', 'IBM 1', 'IBM 2'])
    },
    120_000,
  )

  test.each([
    ['2.0', 'Bearer', WST_200512],
    ['2.0', 'SymmetricKey', WST_200512],
    ['2.0', 'PublicKey', WST_200512],
    ['1.1', 'SymmetricKey', WST_2005],
    ['1.1', 'PublicKey', WST_2005],
  ] as const)(
    'gets a token of SAML %s from us: %s, by %s',
    async (version, keyType, namespace) => {
      const [line = ''] = await peer('token', 'tokens', samlTokenType(version), `/${keyType}`, ORDERS, namespace)
      const [word, type, secret = '', ...rest] = line.split(' ')
      expect(word, `${line.slice(0, 2000)}\n${bus.log()}`).toBe('token')
      expect(type).toBe(samlTokenType(version))
      expect(Buffer.from(secret, 'base64').length === 32).toBe(keyType === 'SymmetricKey')
      const assertion = readAssertion(parseXml(rest.join(' ')).root)
      expect(assertion).toMatchObject({ version, issuer: 'https://sts.example', subject: { name: 'CN=client' } })
      expect(assertion.subject.confirmations[0]?.method).toBe(keyType === 'Bearer' ? 'bearer' : 'holder-of-key')
      expect((assertion.conditions.notOnOrAfter ?? 0) - assertion.issued).toBeLessThanOrEqual(121_000)
    },
    120_000,
  )
})
