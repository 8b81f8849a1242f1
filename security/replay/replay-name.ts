import { SIGNATURES } from '../signature/signature-algorithm.ts'

/**
 * What a signature is recognised by when it comes again: its value, but of an ECDSA signature only r, since anybody can make
 * the other s that fits (n - s).
 */
export function replayName(identifier: string, value: string): string {
  if (SIGNATURES.get(identifier)?.kind !== 'ecdsa') return value
  const bytes = Buffer.from(value, 'base64')
  return bytes.subarray(0, bytes.length / 2).toString('base64')
}
