import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { SecurityFailure } from '../security-failure.ts'
import { Case, signs, x509 } from '../testing/verified.ts'
import { type Cause, likelyCauses } from './likely-cause.ts'

const c = new Case()

/** Causes of a digest that was made of `before`, where `after` arrived. */
function causes(before: string, after: string, digest = 'sha256'): readonly Cause[] {
  const expected = createHash(digest).update(before).digest('base64')
  const failure = new SecurityFailure('digest-wrong', 'the digest differs', { evidence: { expected, actual: '' } })
  return likelyCauses(failure, c.envelope, undefined, { canonical: after, keys: [], now: 0 })
}

const ORDER = '<b><a>1</a><a>2</a></b>'

describe('what happened to a message is found by undoing it', () => {
  test.each<[string, string, string]>([
    ['white space was added between elements', ORDER, '<b>\n  <a>1</a>\n  <a>2</a>\n</b>'],
    ['line ends were changed from CR LF to LF', '<b>1&#xD;\n2</b>', '<b>1\n2</b>'],
    ['a line end was added at the end of a text', '<b>QUJD</b>', '<b>QUJD\n</b>'],
    ['base64 was broken into lines', '<b>QUJDREVG</b>', '<b>QUJD\nREVG</b>'],
    ['tabs became blanks', '<b>1\t2</b>', '<b>1    2</b>'],
    ['blanks at the ends of texts were removed', '<b>1 </b>', '<b>1</b>'],
  ])('%s', (text, before, after) => {
    for (const digest of ['sha1', 'sha256', 'sha512']) {
      const [first] = causes(before, after, digest)
      expect(first).toEqual({ text: expect.stringContaining(text), proved: true })
    }
  })

  test('and otherwise guessed', () => {
    const found = causes('<b>1</b>', '<b>2</b>')
    expect(found.length).toBeGreaterThan(1)
    expect(found.every(({ proved }) => !proved)).toBe(true)
    expect(found[0]?.text).toContain('what is signed was changed after it was signed')
  })

  test('a digest of no known length proves nothing', () => {
    expect(causes(ORDER, '<b>\n<a>1</a>\n<a>2</a>\n</b>', 'md5').every(({ proved }) => !proved)).toBe(true)
  })
})

describe('other failures', () => {
  test('a missing key lists those there are', () => {
    for (const reason of ['token-unavailable', 'decryption-failed'] as const) {
      const found = likelyCauses(new SecurityFailure(reason, ''), c.envelope, undefined, { keys: [], now: 0 })
      expect(found.at(-1)?.text).toBe('the keystore holds nothing')
    }
  })

  test('a Body that was signed elsewhere is the mark of wrapping', () => {
    const elsewhere = new Case()
    const results = c.results({ signatures: [signs(c.signature, x509(undefined), [elsewhere.body])] })
    const failure = new SecurityFailure('part-unsigned', '')
    expect(likelyCauses(failure, c.envelope, results)[0]?.text).toContain('the message was wrapped')
    const less = c.results({ signatures: [signs(c.signature, x509(undefined), [c.timestamp])] })
    expect(likelyCauses(failure, c.envelope, less)[0]?.text).toBe('the sender signs less than the policy asks for')
  })

  test.each([
    ['message-expired', 'clocks differ'],
    ['message-from-future', 'ahead'],
    ['certificate-untrusted', 'keystore'],
    ['order-wrong', 'other order'],
    ['replayed', 'again'],
    ['header-missing', 'did not secure'],
  ] as const)('%s', (reason, text) => {
    expect(likelyCauses(new SecurityFailure(reason, ''), c.envelope, undefined)[0]?.text).toContain(text)
  })
})
