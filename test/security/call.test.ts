import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Io } from '../../cli/io.ts'
import { main } from '../../cli/main.ts'
import { samples } from '../../cli/sample.ts'
import { Stage } from '../samples/stage.ts'

vi.setConfig({ testTimeout: 60_000 })

const sampleNamed = (name: string) => {
  const found = samples().find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no sample ${name}`)
  return found
}

async function call(...args: readonly string[]): Promise<{ status: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []]
  const io: Io = {
    out: (line) => void out.push(line),
    error: (line) => void error.push(line),
    cwd: process.cwd(),
    terminal: false,
    environment: {},
  }
  const status = await main(['call', ...args], io)
  return { status, out: out.join('\n'), error: error.join('\n') }
}

describe('viaduct call --policy', () => {
  test('signs, encrypts, verifies and decrypts with the keys that the policy names', async () => {
    await using stage = await Stage.open(sampleNamed('secure-x509'))
    const file = (name: string): string => join(stage.folder, name)
    // A policy in `policies/` of a home finds its keys in `security/` of that home.
    const answer = await call(
      `${stage.url}/services/StockQuoteProxy`,
      '--policy',
      file('policies/client.xml'),
      '--action',
      'urn:getQuote',
      '--body',
      file('quote.xml'),
    )
    expect(answer.error).toBe('')
    expect(answer.out).toMatch(/^200 text\/xml/)
    expect(answer.out).toContain('IBM Company')
    expect(answer.out).not.toContain('EncryptedData')
  })

  test('brings keys to the policy that the service publishes', async () => {
    await using stage = await Stage.open(sampleNamed('secure-x509'))
    const file = (name: string): string => join(stage.folder, name)
    const url = `${stage.url}/services/StockQuoteProxy`
    writeFileSync(file('published.xml'), await (await fetch(`${url}?policy`)).text())
    const keys = [
      '--key',
      file('security/client.key'),
      '--cert',
      file('security/client.crt'),
      '--trust',
      file('security/service.crt'),
    ]
    const answer = await call(
      url,
      '--policy',
      file('published.xml'),
      ...keys,
      '--action',
      'urn:getQuote',
      '--body',
      file('quote.xml'),
    )
    expect(answer.error).toBe('')
    expect(answer.out).toContain('IBM Company')
  })

  test('says what is wrong with a policy, or with an answer', async () => {
    await using stage = await Stage.open(sampleNamed('secure-x509'))
    const file = (name: string): string => join(stage.folder, name)
    const url = `${stage.url}/services/StockQuoteProxy`
    writeFileSync(
      file('wrong.xml'),
      readFileSync(file('policies/client.xml'), 'utf8').replace('Basic256Sha256', 'Basic512'),
    )
    const refused = await call(url, '--policy', file('wrong.xml'), '--body', file('quote.xml'))
    expect(refused.status).toBe(1)
    expect(refused.error).toContain('error element-unknown: <Basic512> is no algorithm suite')
    const keys = [
      '--key',
      file('security/service.key'),
      '--cert',
      file('security/service.crt'),
      '--trust',
      file('security/client.crt'),
    ]
    writeFileSync(file('published.xml'), await (await fetch(`${url}?policy`)).text())
    const other = await call(
      url,
      '--policy',
      file('published.xml'),
      ...keys,
      '--action',
      'urn:getQuote',
      '--body',
      file('quote.xml'),
    )
    expect(other.status).toBe(1)
    expect(other.out).toContain('wsse:InvalidSecurity')
  })

  test('sends a UsernameToken over TLS', async () => {
    await using stage = await Stage.open(sampleNamed('secure-ut'))
    const file = (name: string): string => join(stage.folder, name)
    const ask = (user: string, password: string) =>
      call(
        `${stage.secureUrl}/services/StockQuoteProxy`,
        '--policy',
        file('policies/username.xml'),
        '--user',
        user,
        '--password',
        password,
        '--trust',
        file('security/service.crt'),
        '--action',
        'urn:getQuote',
        '--body',
        file('quote.xml'),
      )
    expect((await ask('alice', 'wonderland')).out).toContain('IBM Company')
    expect((await ask('alice', 'wrong')).out).toContain('wsse:InvalidSecurity')
    expect((await ask('bob', 'builder')).status).toBe(1)
  })

  test('uploads a file, signed and encrypted, and gets the same bytes back', async () => {
    await using stage = await Stage.open(sampleNamed('secure-mtom'))
    const file = (name: string): string => join(stage.folder, name)
    const bytes = randomBytes(20_000)
    writeFileSync(file('picture.bin'), bytes)
    const answer = await call(
      `${stage.url}/services/UploadProxy`,
      '--policy',
      file('policies/client.xml'),
      '--action',
      'urn:uploadFileUsingMTOM',
      '--body',
      file('upload.xml'),
      '--mtom',
      file('picture.bin'),
    )
    expect(answer.error).toBe('')
    const base64 = /image[^>]*>([A-Za-z0-9+/=]+)</.exec(answer.out)?.[1] ?? ''
    const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
    expect(sha256(Buffer.from(base64, 'base64'))).toBe(sha256(bytes))
  })
})
