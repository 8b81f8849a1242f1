import { createHash } from 'node:crypto'

/** MGF1 (RFC 8017 section B.2.1), xored onto `target`. */
export function applyMask(target: Buffer, seed: Buffer, hash: string): void {
  const counter = Buffer.alloc(4)
  let at = 0
  for (let block = 0; at < target.length; block++) {
    counter.writeUInt32BE(block)
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (at >= target.length) break
      target[at] = (target[at] ?? 0) ^ byte
      at++
    }
  }
}
