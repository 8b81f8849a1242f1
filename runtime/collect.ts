import type { Readable } from 'node:stream'
import { Fault } from './fault.ts'

/**
 * Reads a stream to its end, into one buffer. Rejects with Fault 601000 above the limit, 101001 when the stream ends early, and
 * with what `count` throws, which is told the size of each piece.
 */
export function collect(stream: Readable, limit: number, count?: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // A stream that failed before anybody read it says nothing any more.
    if (stream.destroyed) {
      reject(endedEarly(stream.errored))
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      try {
        size += chunk.length
        if (size > limit) throw new BodyTooLarge(limit)
        count?.(chunk.length)
        chunks.push(chunk)
      } catch (fault) {
        chunks.length = 0
        stream.destroy()
        reject(fault)
      }
    })
    stream.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size)),
    )
    stream.once('error', (cause) => reject(endedEarly(cause)))
    stream.once('close', () => reject(endedEarly(null)))
  })
}

const endedEarly = (cause: Error | null): Fault =>
  cause instanceof Fault ? cause : new Fault(101001, 'the body ended early', cause === null ? undefined : { cause })

/** A body above `limits.body`: a client is answered 413. */
export class BodyTooLarge extends Fault {
  constructor(limit: number) {
    super(601000, `the body is larger than the limit of ${limit} bytes`)
  }
}
