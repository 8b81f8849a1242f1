// The plainest relay that node:http and undici make: both bodies buffered, headers copied raw, one write per message. No
// mediation, no limits, no error handling to speak of: it bounds from above what a bus on the same parts can reach.
//   node bench/relay.mjs <port> <origin of the back end>
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [port = '0', origin = ''] = process.argv.slice(2)
const pool = new Pool(origin, { connections: 128, pipelining: 1 })
const HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'host',
  'upgrade',
  'te',
  'trailer',
  'expect',
])

function endToEnd(raw) {
  const kept = []
  for (let i = 0; i < raw.length; i += 2)
    if (!HOP.has(String(raw[i]).toLowerCase())) kept.push(String(raw[i]), String(raw[i + 1]))
  return kept
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    const headers = endToEnd(request.rawHeaders)
    pool.dispatch({ path: request.url, method: request.method, headers, body }, new Answer(response))
  })
})

class Answer {
  #response
  #status = 0
  #headers = []
  #chunks = []

  constructor(response) {
    this.#response = response
  }

  onRequestStart() {}

  onResponseStart(controller, status) {
    this.#status = status
    this.#headers = endToEnd(controller.rawHeaders)
  }

  onResponseData(_controller, chunk) {
    this.#chunks.push(chunk)
  }

  onResponseEnd() {
    const body = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    this.#headers.push('Content-Length', String(body.length))
    this.#response.writeHead(this.#status, this.#headers)
    this.#response.end(body)
  }

  onResponseError() {
    this.#response.writeHead(502).end()
  }
}

server.keepAliveTimeout = 65_000
server.listen(Number(port), '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`))
