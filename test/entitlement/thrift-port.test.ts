import { once } from 'node:events'
import { connect } from 'node:tls'
import { Deadlines, sleep } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { RecordedLog } from 'viaduct/testing'
import { ThriftPort } from '../../entitlement/served/thrift-port.ts'
import { writeBinary } from '../../entitlement/thrift/binary-protocol.ts'
import { makeIdentity } from '../../security/testing/certificates.ts'

const { certificate, privateKey } = makeIdentity({ subject: 'CN=localhost', key: 'rsa' })
const CALLS = 200
const ANSWER = 'x'.repeat(256 * 1024)

describe('the thrift port', () => {
  test('keeps no answers for a client that asks and does not read', async () => {
    using deadlines = new Deadlines()
    const port = new ThriftPort({
      host: '127.0.0.1',
      port: 0,
      tls: { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: certificate.toString() },
      limit: 256 * 1024,
      deadlines,
      log: new RecordedLog(),
    })
    let handled = 0
    await port.open(async ({ name, sequence }) => {
      handled++
      return { kind: 'reply', name, sequence, body: new Map([[0, ANSWER]]) }
    })
    const client = connect({
      host: '127.0.0.1',
      port: port.port ?? 0,
      ca: certificate.toString(),
      servername: 'localhost',
      checkServerIdentity: () => undefined,
    })
    await once(client, 'secureConnect')
    client.pause()
    for (let sequence = 0; sequence < CALLS; sequence++)
      client.write(writeBinary({ kind: 'call', name: 'getDecision', sequence, body: new Map([[1, 'q']]) }))
    for (let before = -1; before !== handled;) {
      before = handled
      await sleep(100)
    }
    expect(handled).toBeGreaterThan(0)
    expect(handled).toBeLessThan(CALLS / 2)
    let bytes = 0
    client.on('data', (piece: Buffer) => (bytes += piece.length))
    client.resume()
    while (bytes < CALLS * ANSWER.length) await once(client, 'data')
    expect(handled).toBe(CALLS)
    client.destroy()
    await port.close()
  })
})
