import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { der } from '../der/index.ts'
import { extension, makeIdentity, makeRevocationList } from '../testing/certificates.ts'
import { CertificateError, CertificatePaths, type KeyUsage, RevocationList, type TrustRules } from './index.ts'

const DAY = 86_400_000
const now = Date.now()

const root = makeIdentity({ subject: 'C=XX,CN=Root', authority: true, usages: 0x06, serial: 1n })
const inter = makeIdentity({
  subject: 'CN=Inter',
  issuer: root,
  authority: true,
  pathLength: 0,
  usages: 0x06,
  serial: 2n,
})
const leaf = makeIdentity({ subject: 'CN=leaf', issuer: inter, authority: false, usages: 0xe0, serial: 3n })
const direct = makeIdentity({ subject: 'CN=direct', issuer: root, serial: 4n })

const subjects = (path: readonly { readonly subject: string }[]): string[] =>
  path.map(({ subject }) => subject.split('\n').at(-1) ?? '')

function verify(
  rules: Partial<TrustRules>,
  certificate = leaf.certificate,
  extra = [inter.certificate],
  usage: KeyUsage = 'digitalSignature',
  at = now,
): string[] {
  return subjects(new CertificatePaths({ anchors: [root.certificate], ...rules }).verify(certificate, at, usage, extra))
}

function problem(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    if (error instanceof CertificateError) return error.problem
    throw error
  }
}

describe('a path', () => {
  test('leads over certificates that came with the message to an anchor', () => {
    expect(verify({})).toEqual(['CN=leaf', 'CN=Inter', 'CN=Root'])
  })

  test('leads over certificates of the store', () => {
    expect(verify({ intermediates: [direct.certificate, inter.certificate] }, leaf.certificate, [])).toEqual([
      'CN=leaf',
      'CN=Inter',
      'CN=Root',
    ])
  })

  test('ends at an intermediate that is trusted for itself', () => {
    expect(verify({ anchors: [inter.certificate] }, leaf.certificate, [])).toEqual(['CN=leaf', 'CN=Inter'])
  })

  test('is one certificate when that is trusted for itself', () => {
    expect(verify({ anchors: [leaf.certificate] }, leaf.certificate, [])).toEqual(['CN=leaf'])
  })

  test('is not found without the certificate between', () => {
    expect(problem(() => verify({}, leaf.certificate, []))).toBe('untrusted')
  })

  test('is found by signature, not by name: a rogue authority of the same name issues nothing', () => {
    const rogue = makeIdentity({ subject: 'C=XX,CN=Root', authority: true, usages: 0x06 })
    const forged = makeIdentity({ subject: 'CN=forged', issuer: rogue })
    expect(problem(() => verify({}, forged.certificate, [rogue.certificate]))).toBe('untrusted')
    expect(verify({ anchors: [rogue.certificate, root.certificate] }, direct.certificate, [])).toEqual([
      'CN=direct',
      'CN=Root',
    ])
  })

  test('does not end at a self-signed certificate that nobody trusts', () => {
    const self = makeIdentity({ subject: 'CN=self', authority: true })
    expect(problem(() => verify({}, self.certificate, [self.certificate]))).toBe('untrusted')
  })

  test('ends among authorities that certify each other in a circle', () => {
    const a = makeIdentity({ subject: 'CN=A', authority: true })
    const b = makeIdentity({ subject: 'CN=B', authority: true, issuer: a })
    const backKeys = { publicKey: a.certificate.publicKey, privateKey: a.privateKey }
    const back = makeIdentity({ subject: 'CN=A', authority: true, issuer: b, keys: backKeys })
    const end = makeIdentity({ subject: 'CN=end', issuer: a })
    expect(problem(() => verify({}, end.certificate, [a.certificate, b.certificate, back.certificate]))).toBe(
      'untrusted',
    )
  })

  test('ends among many authorities of one name within a bounded number of checks', () => {
    const keys = { publicKey: inter.certificate.publicKey, privateKey: inter.privateKey }
    const twins = Array.from({ length: 300 }, (_, index) =>
      makeIdentity({ subject: 'CN=Inter', authority: true, keys, serial: BigInt(1000 + index) }),
    )
    const started = performance.now()
    expect(
      problem(() =>
        verify(
          {},
          leaf.certificate,
          twins.map(({ certificate }) => certificate),
        ),
      ),
    ).toBe('untrusted')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('is not longer than ten certificates', () => {
    const chain = [root]
    for (let depth = 0; depth < 12; depth++)
      chain.push(makeIdentity({ subject: `CN=${depth}`, authority: true, issuer: chain.at(-1) ?? root }))
    const certificates = chain.map(({ certificate }) => certificate)
    expect(problem(() => verify({}, certificates.at(-1), certificates))).toBe('untrusted')
    expect(verify({}, certificates[8], certificates)).toHaveLength(9)
  })
})

describe('refused because of', () => {
  test('its dates, also when it is trusted for itself', () => {
    const old = makeIdentity({ subject: 'CN=old', issuer: root, notAfter: now - DAY }).certificate
    const young = makeIdentity({ subject: 'CN=young', issuer: root, notBefore: now + DAY }).certificate
    expect(problem(() => verify({}, old))).toBe('expired')
    expect(problem(() => verify({ anchors: [old] }, old))).toBe('expired')
    expect(problem(() => verify({}, young))).toBe('not-yet-valid')
    expect(verify({}, young, [], 'digitalSignature', now + 2 * DAY)).toEqual(['CN=young', 'CN=Root'])
  })

  test('the dates of the authority', () => {
    const old = makeIdentity({ subject: 'CN=Old CA', authority: true, notAfter: now - DAY })
    const below = makeIdentity({ subject: 'CN=below', issuer: old })
    expect(problem(() => verify({ anchors: [old.certificate] }, below.certificate))).toBe('expired')
  })

  test.each([
    ['no basicConstraints', {}, 'not-an-authority'],
    ['basicConstraints without CA', { authority: false }, 'not-an-authority'],
    ['no keyCertSign', { authority: true, usages: 0x80 }, 'usage'],
  ])('an issuer with %s', (_, request, expected) => {
    const issuer = makeIdentity({ subject: 'CN=issuer', issuer: root, ...request })
    const below = makeIdentity({ subject: 'CN=below', issuer })
    expect(problem(() => verify({}, below.certificate, [issuer.certificate]))).toBe(expected)
  })

  test('more authorities than the path length allows', () => {
    const deeper = makeIdentity({ subject: 'CN=Deeper', issuer: inter, authority: true })
    const below = makeIdentity({ subject: 'CN=below', issuer: deeper })
    expect(problem(() => verify({}, below.certificate, [deeper.certificate, inter.certificate]))).toBe('path-length')
  })

  test.each(['digitalSignature', 'keyEncipherment'] as const)('a keyUsage without %s', (usage) => {
    const other = makeIdentity({ subject: 'CN=other', issuer: root, usages: 0x01 })
    expect(problem(() => verify({}, other.certificate, [], usage))).toBe('usage')
    expect(verify({}, direct.certificate, [], usage)).toHaveLength(2)
  })

  test('a small RSA key, unless the rules allow it', () => {
    const weak = makeIdentity({ subject: 'CN=weak', issuer: root, key: 'rsa1024' })
    expect(problem(() => verify({}, weak.certificate))).toBe('weak-key')
    expect(verify({ minimumRsaBits: 1024 }, weak.certificate)).toHaveLength(2)
  })

  test('a SHA-1 signature, unless the rules allow it or it is trusted for itself', () => {
    const old = makeIdentity({ subject: 'CN=old', issuer: root, digest: 'sha1' })
    expect(problem(() => verify({}, old.certificate))).toBe('weak-signature')
    expect(verify({ allowSha1: true }, old.certificate)).toHaveLength(2)
    expect(verify({ anchors: [old.certificate] }, old.certificate)).toHaveLength(1)
  })

  test('a critical extension that is not understood, name constraints among them', () => {
    const strange = makeIdentity({
      subject: 'CN=strange',
      issuer: root,
      extensions: [extension('1.2.3.4', der.null(), true)],
    })
    const harmless = makeIdentity({
      subject: 'CN=harmless',
      issuer: root,
      extensions: [extension('1.2.3.4', der.null())],
    })
    const constrained = makeIdentity({
      subject: 'CN=c',
      issuer: root,
      extensions: [extension('2.5.29.30', der.sequence(), true)],
    })
    expect(problem(() => verify({}, strange.certificate))).toBe('critical-extension')
    expect(problem(() => verify({}, constrained.certificate))).toBe('critical-extension')
    expect(verify({}, harmless.certificate)).toHaveLength(2)
  })

  test('a root of version 1 is an authority because it is an anchor, an intermediate of version 1 is not', () => {
    const old = makeIdentity({ subject: 'CN=V1', version: 1 })
    const below = makeIdentity({ subject: 'CN=below', issuer: old })
    expect(verify({ anchors: [old.certificate] }, below.certificate)).toHaveLength(2)
    const between = makeIdentity({ subject: 'CN=V1', version: 1, issuer: root })
    const lower = makeIdentity({ subject: 'CN=lower', issuer: between })
    expect(problem(() => verify({}, lower.certificate, [between.certificate]))).toBe('not-an-authority')
  })
})

describe('revocation', () => {
  const list = (serials: readonly bigint[], times = {}, issuer = root): RevocationList =>
    new RevocationList(makeRevocationList(issuer, serials, times))

  test('a listed certificate is refused, one beside it accepted', () => {
    expect(problem(() => verify({ revocationLists: [list([4n])] }, direct.certificate))).toBe('revoked')
    expect(verify({ revocationLists: [list([5n])] }, direct.certificate)).toHaveLength(2)
  })

  test('a listed authority takes all below it along', () => {
    expect(problem(() => verify({ revocationLists: [list([2n])] }))).toBe('revoked')
  })

  test('a list that somebody else signed under the name of the issuer does not count', () => {
    const rogue = makeIdentity({ subject: 'C=XX,CN=Root' })
    expect(verify({ revocationLists: [list([4n], {}, rogue)] }, direct.certificate)).toHaveLength(2)
    expect(
      problem(() =>
        verify({ revocationLists: [list([], {}, rogue)], requireRevocationList: true }, direct.certificate),
      ),
    ).toBe('revocation-unknown')
  })

  test('a list out of date refuses all, and still those it names', () => {
    const times = { thisUpdate: now - 2 * DAY, nextUpdate: now - DAY }
    expect(problem(() => verify({ revocationLists: [list([], times)] }, direct.certificate))).toBe('revocation-unknown')
    expect(problem(() => verify({ revocationLists: [list([4n], times)] }, direct.certificate))).toBe('revoked')
    expect(problem(() => verify({ revocationLists: [list([], { thisUpdate: now + DAY })] }, direct.certificate))).toBe(
      'revocation-unknown',
    )
  })

  test('where lists are required, every issuer on the path needs one', () => {
    const rules = { revocationLists: [list([])], requireRevocationList: true }
    expect(verify(rules, direct.certificate)).toHaveLength(2)
    expect(problem(() => verify(rules))).toBe('revocation-unknown')
    expect(verify({ ...rules, revocationLists: [list([]), list([], {}, inter)] })).toHaveLength(3)
  })

  test('an authority that may not sign lists is not believed', () => {
    const ca = makeIdentity({ subject: 'CN=ca', authority: true, usages: 0x04 })
    const below = makeIdentity({ subject: 'CN=below', issuer: ca })
    expect(
      problem(() => verify({ anchors: [ca.certificate], revocationLists: [list([], {}, ca)] }, below.certificate)),
    ).toBe('usage')
  })

  test.each([
    ['a delta list', extension('2.5.29.27', der.integer(1), true)],
    ['a list for a part of the certificates', extension('2.5.29.28', der.sequence(), true)],
  ])('%s is not read', (_, critical) => {
    expect(() => new RevocationList(makeRevocationList(root, [], {}, [critical]))).toThrow('not supported')
  })

  test('a list with its number is read', () => {
    const numbered = new RevocationList(
      makeRevocationList(root, [7n, 9n], {}, [extension('2.5.29.20', der.integer(1))]),
    )
    expect([numbered.size, numbered.isRevoked(7n), numbered.isRevoked(8n)]).toEqual([2, true, false])
  })
})

test('openssl agrees with what the test made and with the verdicts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-path-'))
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const anchors = write('root.pem', root.certificate.toString())
  const untrusted = write('inter.pem', inter.certificate.toString())
  const crl = write(
    'crl.pem',
    `-----BEGIN X509 CRL-----\n${makeRevocationList(inter, [3n]).toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`,
  )
  const openssl = (...args: string[]): boolean => {
    try {
      execFileSync('openssl', ['verify', ...args], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  const certificate = write('leaf.pem', leaf.certificate.toString())
  expect(openssl('-CAfile', anchors, '-untrusted', untrusted, certificate)).toBe(true)
  expect(openssl('-CAfile', anchors, certificate)).toBe(false)
  expect(openssl('-CAfile', anchors, '-untrusted', untrusted, '-CRLfile', crl, '-crl_check', certificate)).toBe(false)
  rmSync(folder, { recursive: true })
})
