import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseXml } from 'viaduct'
import { call } from './call.ts'
import type { Io } from './io.ts'

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

const folder = mkdtempSync(join(tmpdir(), 'viaduct-call-'))
let received: Received[] = []
let status = 200

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks) })
    response.writeHead(status, { 'Content-Type': 'text/xml' }).end('<answer/>')
  })
})

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
beforeEach(() => {
  received = []
  status = 200
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/P`

async function viaductCall(...args: string[]): Promise<{ status: number; out: string; error: string }> {
  const out: string[] = []
  const error: string[] = []
  const io: Io = {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    environment: {},
    cwd: folder,
    terminal: false,
  }
  return { status: await call.run(args, io), out: out.join('\n'), error: error.join('\n') }
}

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('a call', () => {
  test('wraps what it is given in an envelope of SOAP 1.1', async () => {
    const body = file('ask.xml', '<?xml version="1.0"?>\n<q:ask xmlns:q="urn:q"/>')
    expect(await viaductCall(url(), '--body', body, '--action', 'urn:ask')).toMatchObject({ status: 0 })
    const [sent] = received
    expect(sent?.headers).toMatchObject({ 'content-type': 'text/xml; charset=UTF-8', soapaction: '"urn:ask"' })
    const { root } = parseXml(sent?.body.toString() ?? '')
    expect([root.name, root.namespace]).toEqual(['Envelope', 'http://schemas.xmlsoap.org/soap/envelope/'])
    expect(sent?.body.toString()).toContain('<q:ask xmlns:q="urn:q"/>')
  })

  test('of SOAP 1.2 has its action in the Content-Type', async () => {
    await viaductCall(url(), '--version', '1.2', '--action', 'urn:ask')
    const [sent] = received
    expect(sent?.headers['content-type']).toBe('application/soap+xml; charset=UTF-8; action="urn:ask"')
    expect(sent?.headers['soapaction']).toBeUndefined()
    expect(parseXml(sent?.body.toString() ?? '').root.namespace).toBe('http://www.w3.org/2003/05/soap-envelope')
  })

  test('sends an envelope as it is', async () => {
    const envelope = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'
    await viaductCall(url(), '--body', file('envelope.xml', envelope))
    expect(received[0]?.body.toString()).toBe(envelope)
  })

  test('tells who it is', async () => {
    await viaductCall(url(), '--user', 'alice', '--password', 'p:w')
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('alice:p:w').toString('base64')}`)
  })

  test('sends a file as an MTOM part, where the body says', async () => {
    const attachment = file('picture.bin', '\u0001\u0002')
    const body = file('upload.xml', '<up>{{mtom}}</up>')
    await viaductCall(url(), '--body', body, '--mtom', attachment)
    const [sent] = received
    expect(sent?.headers['content-type']).toMatch(/^multipart\/related; .*type="application\/xop\+xml"/)
    const text = sent?.body.toString('latin1') ?? ''
    expect(text).toContain(
      '<up><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:picture.bin@viaduct"/></up>',
    )
    expect(text).toMatch(/Content-ID: <picture\.bin@viaduct>[^]*\r\n\r\n\u0001\u0002\r\n/i)
  })

  test('prints status, type and body; as JSON when asked', async () => {
    const plain = await viaductCall(url())
    expect(plain.out).toMatch(/^200 text\/xml \d+ ms\n<answer\/>$/)
    const { out } = await viaductCall(url(), '--json')
    expect(JSON.parse(out)).toMatchObject({ status: 200, body: '<answer/>', headers: { 'content-type': 'text/xml' } })
  })

  test('repeats, with a line each', async () => {
    const { out, status: exit } = await viaductCall(url(), '--repeat', '3')
    expect(exit).toBe(0)
    expect(received).toHaveLength(3)
    expect(out.split('\n')).toEqual(
      [1, 2, 3].map((n) => expect.stringMatching(new RegExp(`^${n}: 200 9 bytes \\d+ ms$`))),
    )
  })

  test('that gets an error ends with 1', async () => {
    status = 500
    expect((await viaductCall(url())).status).toBe(1)
  })

  test('that reaches nobody says so', async () => {
    const { status: exit, error } = await viaductCall('http://127.0.0.1:1/')
    expect(exit).toBe(1)
    expect(error).toMatch(/^http:\/\/127\.0\.0\.1:1\/: .*ECONNREFUSED/)
  })

  test.each([
    ['no address', []],
    ['an address that is none', ['nowhere']],
    ['a version that is none', ['http://b/', '--version', '1.3']],
    ['a number that is none', ['http://b/', '--repeat', 'often']],
    ['no repetition', ['http://b/', '--repeat', '0']],
  ])('with %s is a mistake of usage', async (_what, args) => {
    const { status: exit, error } = await viaductCall(...args)
    expect(exit).toBe(2)
    expect(error).toContain('viaduct call needs a URL')
  })
})
