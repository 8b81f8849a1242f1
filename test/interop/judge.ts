import type { Sample } from './kit.ts'
import type { Verdict } from './receiver.ts'

/**
 * Why a hostile message of each kind may be refused. Refused for another reason, it would only have been refused by luck.
 */
const RIGHT_REASONS: Readonly<Record<string, readonly string[]>> = {
  tamper: ['signature-wrong', 'digest-wrong', 'part-unsigned', 'timestamp-missing', 'signature-missing'],
  coverage: [
    'part-unsigned',
    'part-unencrypted',
    'malformed',
    'digest-wrong',
    'transform-refused',
    'reference-refused',
  ],
  time: ['message-expired', 'message-from-future', 'malformed', 'timestamp-missing'],
  replay: ['replayed'],
  token: ['authentication-failed', 'malformed', 'token-malformed', 'token-unsupported'],
  trust: [
    'certificate-untrusted',
    'certificate-expired',
    'certificate-revoked',
    'subject-refused',
    'signature-wrong',
    'key-refused',
    'malformed',
    'reference-refused',
    'reference-unresolved',
    'token-unavailable',
    'token-malformed',
    'token-unsupported',
  ],
  algorithm: ['algorithm-refused', 'key-refused', 'certificate-untrusted', 'decryption-failed'],
  confusion: ['key-refused', 'signature-wrong'],
  truncation: ['algorithm-refused', 'digest-wrong', 'signature-wrong', 'malformed'],
  transform: ['transform-refused', 'reference-refused', 'algorithm-refused', 'malformed'],
  reference: ['reference-refused', 'reference-unresolved', 'transform-refused', 'token-unsupported', 'malformed'],
  ssrf: ['reference-refused', 'token-unsupported', 'transform-refused', 'mime'],
  wrapping: [
    'part-unsigned',
    'id-duplicate',
    'malformed',
    'reference-refused',
    'reference-unresolved',
    'signature-wrong',
    'digest-wrong',
    'header-duplicate',
    'timestamp-missing',
    'token-unsupported',
    'mime',
  ],
  encryption: [
    'token-unavailable',
    'reference-unresolved',
    'unexpected-encryption',
    'decryption-failed',
    'malformed',
    'key-refused',
    'part-unencrypted',
  ],
  // One failure class for whatever goes wrong once ciphertext is touched.
  oracle: ['decryption-failed'],
  xml: ['xml', 'decryption-failed', 'malformed', 'digest-wrong', 'signature-wrong', 'mime'],
  dos: [
    'limit-exceeded',
    'xml',
    'mime',
    'token-malformed',
    'token-unsupported',
    'key-refused',
    'malformed',
    'transform-refused',
    'reference-refused',
  ],
}

/** Whether the verdict is right; if not, what is wrong with it. */
export function judge(sample: Sample, verdict: Verdict): string | undefined {
  if (verdict.verdict === 'accept') {
    if (sample.expect === 'reject') return 'it was accepted'
    for (const [name, value] of Object.entries(sample.mustRead ?? {}))
      if (!new RegExp(`:?${name}>${value}<`).test(verdict.body)) return `${name} does not read ${value}`
    return undefined
  }
  if (sample.expect === 'accept') return `it was refused: ${verdict.reason}: ${verdict.detail}`
  const right = RIGHT_REASONS[sample.kind]
  return right === undefined || right.includes(verdict.reason)
    ? undefined
    : `it was refused for the wrong reason: ${verdict.reason}: ${verdict.detail}`
}

/** A line of the report. */
export function printLine(sample: Sample, verdict: Verdict, wrong: string | undefined): string {
  const outcome = verdict.verdict === 'accept' ? 'accepted' : `refused: ${verdict.reason} (${verdict.detail})`
  return `${wrong === undefined ? 'ok  ' : 'FAIL'} ${sample.file}  ${wrong ?? outcome}`
}
