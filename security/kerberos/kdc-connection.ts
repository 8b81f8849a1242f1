import { connect } from 'node:net'

/** Where a KDC listens. */
export interface KdcAddress {
  readonly host: string
  /** 88 by custom. */
  readonly port: number
}

/** No KDC could be asked. */
export class KdcUnreachable extends Error {
  override readonly name = 'KdcUnreachable'
}

const LIMITS = { bytes: 1_000_000, milliseconds: 5000 }

/** Sends a request to the first KDC that answers, over TCP (RFC 4120, section 7.2.2). */
export async function askKdc(request: Buffer, addresses: readonly KdcAddress[]): Promise<Buffer> {
  const failures: string[] = []
  for (const address of addresses) {
    try {
      return await ask(request, address)
    } catch (error) {
      failures.push(`${address.host}:${address.port}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new KdcUnreachable(`no KDC answers (${failures.join('; ') || 'none is configured'})`)
}

function ask(request: Buffer, { host, port }: KdcAddress): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal: AbortSignal.timeout(LIMITS.milliseconds) })
    const received: Buffer[] = []
    let size = 0
    socket.on('connect', () => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(request.length)
      socket.write(Buffer.concat([length, request]))
    })
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk)
      size += chunk.length
      const reply = whole(received, size)
      if (reply === undefined && size <= LIMITS.bytes) return
      socket.destroy()
      if (reply === undefined) reject(new Error('the answer is too long'))
      else resolve(reply)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed without an answer')))
  })
}

function whole(received: Buffer[], size: number): Buffer | undefined {
  if (size < 4) return undefined
  const bytes = Buffer.concat(received)
  const length = bytes.readUInt32BE(0)
  return size >= length + 4 ? bytes.subarray(4, length + 4) : undefined
}
