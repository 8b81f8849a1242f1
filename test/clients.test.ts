import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { samples } from '../cli/sample.ts'
import { Relay } from './samples/relay.ts'
import { Stage } from './samples/stage.ts'

const CLIENTS = join(import.meta.dirname, 'clients')

const run = promisify(execFile)

const folder = mkdtempSync(join(tmpdir(), 'viaduct-clients-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where CI runs, a client that is missing is a failure; elsewhere the test says what to install and is skipped. */
function needs({ skip, task }: TestContext, command: string, args: readonly string[], install: string): void {
  if (process.env['CI'] === 'true') return
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return
  console.warn(`skipped: ${task.name}; it needs ${install}`)
  skip()
}

const zeep = (context: TestContext): void => needs(context, 'python3', ['-c', 'import zeep'], 'pip install zeep')
const curl = (context: TestContext): void => needs(context, 'curl', ['--version'], 'curl')
const python = (context: TestContext): void => needs(context, 'python3', ['--version'], 'python3')
const gsoap = (context: TestContext): void =>
  needs(context, 'sh', ['-c', 'soapcpp2 -V && g++ --version'], 'apt install gsoap libgsoap-dev g++')

const open = async (name: string): Promise<Stage> => {
  const found = samples().find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no sample ${name}`)
  return Stage.open(found)
}

describe('the quickstart', () => {
  let stage: Stage
  beforeAll(async () => void (stage = await open('quickstart')))
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test('is called by zeep as its WSDL says, by SOAP 1.1 and 1.2, and its faults arrive as such', async (context) => {
    zeep(context)
    const service = `${stage.url}/services/StockQuote`
    const { stdout } = await run('python3', [join(CLIENTS, 'quotes.py'), `${service}?wsdl`])
    const met = (binding: string, code: string) => ({
      binding,
      address: service,
      quote: { name: 'IBM Company', symbol: 'IBM', last: expect.any(Number), volume: expect.any(Number) },
      order: null,
      faults: [
        { message: 'Invalid stock symbol : ERR', code, detail: true },
        { message: 'No quote today: The request names no symbol', code, detail: false },
      ],
    })
    expect(JSON.parse(stdout)).toEqual({
      operations: ['getFullQuote', 'getMarketActivity', 'getQuote', 'getSimpleQuote', 'placeOrder'],
      ports: [met('Soap11Binding', 'soapenv:Server'), met('Soap12Binding', 'soapenv:Receiver')],
    })
  })

  test('is called by curl: SOAP from a file of 3 MB that waits for 100 Continue, JSON, two requests on a connection', async (context) => {
    curl(context)
    const file = join(folder, 'request.xml')
    const padding = '<!-- padding -->'.repeat(200_000)
    writeFileSync(
      file,
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:getQuote xmlns:m="http://services.samples">${padding}<m:request><m:symbol>IBM</m:symbol></m:request></m:getQuote></s:Body></s:Envelope>`,
    )
    const headers = ['-H', 'Content-Type: text/xml', '-H', 'SOAPAction: "urn:getQuote"', '-H', 'Expect: 100-continue']
    const soap = await run('curl', ['-sv', ...headers, '--data-binary', `@${file}`, `${stage.url}/services/StockQuote`])
    expect(soap.stdout).toContain('<ax21:name>IBM Company</ax21:name>')
    expect(soap.stderr).toContain('< HTTP/1.1 100 Continue')
    const json = `${stage.url}/quotes/SUN`
    const twice = await run('curl', ['-sv', '--fail', json, json])
    expect(JSON.parse(twice.stdout.slice(0, twice.stdout.indexOf('}') + 1))).toMatchObject({ symbol: 'SUN' })
    expect(twice.stderr).toMatch(/Re-using existing connection/i)
  })
})

describe('sample 51', () => {
  const file = join(folder, 'file.bin')
  const copy = join(folder, 'copy.bin')
  let stage: Stage
  let relay: Relay
  beforeAll(async () => {
    stage = await open('0051')
    relay = await Relay.open(Number(new URL(stage.url).port))
    // Everything that could be taken for a line end or a boundary, and every byte.
    writeFileSync(file, Buffer.concat([Buffer.from('\r\n--\r\n\n\r'), randomBytes(200_000), Buffer.from('\r\n')]))
  })
  afterAll(async () => {
    await relay?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  /** What went over the wire: to the bus, from the bus to the service, and back to the client. */
  const wires = () => [relay.sent, stage.fronts[0]?.received ?? Buffer.alloc(0), relay.answered]
  const url = () => `http://127.0.0.1:${relay.port}/services/MTOMSwASampleService`
  const clean = () => {
    relay.forget()
    stage.fronts[0]?.forget()
    rmSync(copy, { force: true })
  }

  test('gives a gSOAP client its bytes back by MTOM, which is on the wire everywhere', async (context) => {
    gsoap(context)
    clean()
    const client = await buildUpload()
    const { stdout } = await run(client, [url(), file, copy])
    expect(stdout).toBe(`${readFileSync(file).length} bytes of application/octet-stream\n`)
    expect(readFileSync(copy).equals(readFileSync(file))).toBe(true)
    for (const wire of wires()) {
      const text = wire.toString('latin1')
      expect(text).toMatch(/^Content-Type: multipart\/related;[^\n]*type="application\/xop\+xml"/im)
      expect(text).toMatch(/<\w+:Include [^>]*href="cid:/)
      // As bytes, that is: what follows may be cut into chunks.
      expect(wire.includes(readFileSync(file).subarray(0, 500))).toBe(true)
    }
  })

  test.for(['base64', 'binary'])('gives a Python client its %s attachment back by SwA', async (encoding, context) => {
    python(context)
    clean()
    const { stdout } = await run('python3', [join(CLIENTS, 'attach.py'), url(), file, copy, encoding])
    expect(stdout).toBe('text/xml binary\n')
    expect(readFileSync(copy).equals(readFileSync(file))).toBe(true)
    for (const wire of wires())
      expect(wire.toString('latin1')).toMatch(/^Content-Type: multipart\/related;[^\n]*type="text\/xml"/im)
  })
})

/** Compiles the client from its gSOAP header; takes some seconds. */
async function buildUpload(): Promise<string> {
  for (const name of ['upload.h', 'upload.c']) copyFileSync(join(CLIENTS, name), join(folder, name))
  await run('soapcpp2', ['-c', '-C', '-x', '-L', '-w', '-I/usr/share/gsoap', 'upload.h'], { cwd: folder })
  const client = join(folder, 'upload')
  const sources = ['upload.c', 'soapC.c', 'soapClient.c']
  await run('gcc', ['-I/usr/share/gsoap', '-o', client, ...sources, '-lgsoap'], { cwd: folder })
  return client
}
