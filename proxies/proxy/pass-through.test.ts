import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bus, type Deadlines, load, type Listener, type Sender, silentLogger, systemPlatform } from 'viaduct'
import { testServices } from 'viaduct/testing'
import { standardLanguage } from '../../cli/standard.ts'
import { createHttpListener, createHttpSender } from '../../transports/index.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let answer: Handler = (_, response) => void response.end()
const backend: Server = createServer((request, response) => answer(request, response))
let listener: Listener
let bus: Bus
let sender: Sender & AsyncDisposable
let deadlines: Deadlines

const listening = (server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): unknown
}): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

/** A port on which nothing listens any more. */
async function closedPort(): Promise<number> {
  const server = createTcpServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

beforeAll(async () => {
  const open = await listening(backend)
  const services = testServices({ platform: systemPlatform, log: silentLogger })
  const { settings } = services
  deadlines = services.deadlines
  sender = createHttpSender(settings, silentLogger, deadlines)
  const senders = new Map(sender.schemes.map((scheme) => [scheme, sender as Sender]))
  bus = new Bus({ ...services, senders })
  const address = (port: number, inside = ''): string =>
    `<endpoint><address uri="http://127.0.0.1:${port}/s">${inside}</address></endpoint>`
  const closed = await closedPort()
  const xml = `<definitions xmlns="http://ws.apache.org/ns/synapse">
    <proxy name="Direct"><target>${address(open)}</target></proxy>
    <proxy name="Dead"><target>${address(closed, '<suspendOnFailure><initialDuration>60000</initialDuration></suspendOnFailure>')}
      <faultSequence><property name="messageType" scope="axis2" value="text/plain"/><payloadFactory media-type="text"><format>$1</format><args><arg expression="get-property('ERROR_CODE')"/></args></payloadFactory><respond/></faultSequence></target></proxy>
    <proxy name="Slow"><target>${address(open, '<timeout><duration>100</duration><responseAction>fault</responseAction></timeout>')}</target></proxy>
    <proxy name="Group"><target><endpoint><failover>${address(closed)}${address(open)}</failover></endpoint></target></proxy>
  </definitions>`
  const { deployment, diagnostics } = await load(
    [{ file: 'home.xml', bytes: Buffer.from(xml) }],
    standardLanguage(),
    bus.services,
    {},
  )
  expect(diagnostics).toEqual([])
  await deployment?.start()
  if (deployment) await bus.swap(deployment)
  listener = await createHttpListener({
    settings,
    log: silentLogger,
    host: '127.0.0.1',
    port: 0,
    dispatch: (arrival) => bus.dispatch(arrival),
  })
})

afterAll(async () => {
  await listener[Symbol.asyncDispose]()
  await bus.stop()
  await sender[Symbol.asyncDispose]()
  deadlines[Symbol.dispose]()
  backend.closeAllConnections()
  await new Promise((resolve) => backend.close(resolve))
})

const post = (service: string, body: string | Buffer) =>
  request(`${listener.url}/services/${service}`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', soapaction: '"a"' },
    body,
  })

const ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><echo/></s:Body></s:Envelope>'

test('a body of any size goes through unchanged in both directions, whatever it holds', async () => {
  const body = randomBytes(8 * 1024 * 1024)
  answer = (incoming, response) => {
    response.setHeader('Content-Type', 'application/octet-stream')
    incoming.pipe(response)
  }
  const reply = await post('Direct', body)
  const digest = createHash('sha256')
  for await (const chunk of reply.body) digest.update(chunk as Buffer)
  expect(reply.statusCode).toBe(200)
  expect(digest.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'))
})

test('status, headers and bytes of the back end reach the client', async () => {
  const body = '<a  b = "1"\n/>'
  answer = (_, response) =>
    void response.writeHead(418, { 'Content-Type': 'text/xml;charset=x', 'X-Own': 'yes' }).end(body)
  const reply = await post('Direct', ENVELOPE)
  expect([reply.statusCode, reply.headers['x-own'], await reply.body.text()]).toEqual([418, 'yes', body])
})

test('a back end that is not there is 101503, and then suspended', async () => {
  expect(await (await post('Dead', ENVELOPE)).body.text()).toBe('101503')
  expect(await (await post('Dead', ENVELOPE)).body.text()).toBe('303001')
})

test('a back end that does not answer in time gives the client a SOAP fault', async () => {
  answer = () => {}
  const started = performance.now()
  const reply = await post('Slow', ENVELOPE)
  expect(reply.statusCode).toBe(500)
  expect(await reply.body.text()).toContain('Fault>')
  expect(performance.now() - started).toBeLessThan(5000)
})

test('a back end that cuts its connection gives the client a fault, and the next request is answered', async () => {
  answer = (incoming) => void incoming.socket.destroy()
  expect((await post('Direct', ENVELOPE)).statusCode).toBe(500)
})

test('a group sends the same bytes to its next member', async () => {
  answer = (incoming, response) => {
    response.setHeader('Content-Type', 'text/xml')
    incoming.pipe(response)
  }
  expect(await (await post('Group', ENVELOPE)).body.text()).toBe(ENVELOPE)
})
