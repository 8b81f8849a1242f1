import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { asymmetric, policyText, symmetric } from '../../security/testing/policies.ts'
import { ask, BODY_ENCRYPTED, BODY_SIGNED, loop } from '../security/loop.ts'
import { keystores, makeKeys } from '../security/secured-bus.ts'
import { isThere } from './peers.ts'

const keys = makeKeys()

/** The request as it went over the wire, in a folder with the keys of both sides. */
async function sent(policy: string): Promise<{ folder: TestFolder; text: string }> {
  using bus = await loop(policyText(policy), keys)
  expect((await ask(bus)).status).toBe(200)
  const text = bus.loop.requests[0]?.body.toString() ?? ''
  const own = keys.service.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const client = keys.client.certificate.toString()
  return { folder: new TestFolder({ ...keystores(keys), 'service.key': own, 'client.crt': client }), text }
}

/** xmlsec1 knows nothing of the Security header: the key of a body stands in its KeyInfo for it. */
function withKeyInside(text: string): string {
  const key = /<xenc:EncryptedKey[\s\S]*?<\/xenc:EncryptedKey>/.exec(text)?.[0] ?? ''
  const inside = key
    .replace(/<ds:KeyInfo[\s\S]*?<\/ds:KeyInfo>/, '')
    .replace(/<xenc:ReferenceList>[\s\S]*?<\/xenc:ReferenceList>/, '')
  const info = `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">${inside}</ds:KeyInfo>`
  const data = /<xenc:EncryptedData[\s\S]*<\/xenc:EncryptedData>/.exec(text)?.[0] ?? ''
  const bare = data.replace(/<ds:KeyInfo[\s\S]*?<\/ds:KeyInfo>/, '')
  return text
    .replace(key, '')
    .replace(data, bare.replace(/(<xenc:EncryptionMethod[^>]*\/>|<\/xenc:EncryptionMethod>)/, `$1${info}`))
}

describe.runIf(isThere('xmlsec1', 'xmlsec1', '--version'))('xmlsec1', () => {
  test('verifies what an endpoint signs', async () => {
    const { folder, text } = await sent(asymmetric() + BODY_SIGNED)
    using _ = folder
    folder.write('signed.xml', text)
    const ids = ['--id-attr:Id', 'Body', '--id-attr:Id', 'Timestamp', '--id-attr:Id', 'BinarySecurityToken']
    const args = ['--verify', '--pubkey-cert-pem', folder.file('client.crt'), ...ids]
    execFileSync('xmlsec1', [...args, folder.file('signed.xml')], { stdio: 'pipe' })
    folder.write('changed.xml', text.replace('IBM', 'SUN'))
    expect(() => execFileSync('xmlsec1', [...args, folder.file('changed.xml')], { stdio: 'pipe' })).toThrow()
  })

  test.each([
    ['under a certificate', asymmetric() + BODY_SIGNED + BODY_ENCRYPTED],
    ['under a secret', symmetric() + BODY_ENCRYPTED],
  ])('decrypts what an endpoint encrypts %s', async (_title, policy) => {
    const { folder, text } = await sent(policy)
    using _ = folder
    folder.write('encrypted.xml', withKeyInside(text))
    const args = ['--decrypt', '--privkey-pem', folder.file('service.key'), folder.file('encrypted.xml')]
    expect(execFileSync('xmlsec1', args, { encoding: 'utf8', stdio: 'pipe' })).toContain('IBM &amp; co')
  })
})
