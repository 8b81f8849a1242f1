import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseXml, printXml } from 'viaduct'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Keyring, readKeystore } from '../../security/keys/index.ts'
import { protect } from '../../security/protect.ts'
import { judge } from './judge.ts'
import { KIT, type Sample } from './kit.ts'
import { writtenMessages } from './plans.ts'
import { KitReceiver } from './receiver.ts'
import { missingWss4j, type PeerVerdict, Wss4j } from './wss4j.ts'

const missing = missingWss4j()
const onBuildServer = process.env['CI'] === 'true'
if (missing !== undefined && !onBuildServer) console.warn(`skipped: ${missing}`)

test.skipIf(missing === undefined || !onBuildServer)('WSS4J is there on the build server', () => {
  expect(missing).toBeUndefined()
})

/** Messages that the peer writes: steps of the kit's command line, and what we have to find. */
const PEER_MESSAGES: readonly (readonly [steps: string, options: string])[] = [
  ...['bst', 'issuer', 'x509', 'ski', 'thumb', 'pkipath', 'embedded'].map(
    (keyid) => [`ts sign keyid=${keyid} parts=Body;Timestamp`, '--require Body,SignedTimestamp'] as const,
  ),
  ['ts sign alias=server keyid=keyvalue parts=Body;Timestamp --bsp 0', '--bsp 0 --require Body,SignedTimestamp'],
  ['ts sign c14n=inc parts=Body;Timestamp --bsp 0', '--bsp 0 --require Body,SignedTimestamp'],
  ...['rsa-sha1', 'rsa-sha384', 'rsa-sha512'].map(
    (alg) => [`ts sign alg=${alg} parts=Body;Timestamp`, '--require Body,SignedTimestamp'] as const,
  ),
  ...['issuer', 'ski', 'thumb'].map(
    (keyid) => [`ts sign keyid=${keyid} parts=Body;Timestamp;STRTransform`, '--require Body,SignedTimestamp'] as const,
  ),
  ['ts ut type=digest sign parts=Body;Timestamp;UsernameToken', '--require Body,SignedUsernameToken,SignedTimestamp'],
  ['ts utsign parts=Body;Timestamp', '--require Body,SignedTimestamp'],
  ...['aes128-cbc', 'aes256-cbc', '3des'].map((sym) => [`enc keyid=thumb sym=${sym}`, '--require EncBody'] as const),
  ...['aes128-gcm', 'aes256-gcm', 'aes192-cbc'].map(
    (sym) => [`enc keyid=issuer sym=${sym} --bsp 0`, '--require EncBody'] as const,
  ),
  ['enc keyid=ski kw=rsa15 sym=aes128-cbc', '--require EncBody'],
  ['enc keyid=thumb kw=rsa-oaep digest=sha256 sym=aes256-cbc --bsp 0', '--require EncBody'],
  ['ts enc keyid=thumb ref=external sign parts=Body;Timestamp', '--require Body,SignedTimestamp,EncBody'],
  [
    'ts sign parts=Body;Timestamp enc keyid=thumb parts=Body:Content;Signature',
    '--require Body,SignedTimestamp,EncBody,EncSignature',
  ],
  ['enc keyid=thumb parts=Body:Content;{http://www.w3.org/2005/08/addressing}MessageID:Header', '--require EncBody'],
  ['ts key symmsign parts=Body;Timestamp symmenc', '--require Body,SignedTimestamp,EncBody'],
  ['ts key dksign version=0502 parts=Body;Timestamp dkenc version=0502', '--require Body,SignedTimestamp,EncBody'],
  ['ts key dksign version=0512 parts=Body;Timestamp dkenc version=0512', '--require Body,SignedTimestamp,EncBody'],
]

const NOW = '2026-11-22T12:00:00Z'
let peer: Wss4j
beforeAll(() => {
  if (missing === undefined) peer = new Wss4j()
}, 120_000)
afterAll(() => peer?.[Symbol.dispose]())

test.skipIf(missing !== undefined)('WSS4J accepts everything that we write', { timeout: 120_000 }, () => {
  const password = { store: 'changeit', key: 'changeit' }
  const keys = new Keyring(readKeystore(readFileSync(join(KIT, 'keys/all.p12')), 'all', password))
  const identity = (alias: string) => {
    const found = keys.identity(alias)
    if (found === undefined) throw new Error(`the kit has no key ${alias}`)
    return found
  }
  const messages = writtenMessages(identity('client'), identity('server'), identity('ec'))
  const commands = ['quote11', 'quote12'].flatMap((plain) =>
    messages.map(({ name, options, steps }, index) => {
      const tree = parseXml(readFileSync(join(KIT, `samples/plain/${plain}.xml`), 'utf8'))
      const state = { now: Date.parse(NOW), random: randomBytes, credentials: { user: 'alice', password: 'secret' } }
      const confirm = [{ value: randomBytes(20).toString('base64') }]
      protect(tree, { actor: undefined, mustUnderstand: true, steps, optimize: [] }, { ...state, confirm })
      const file = join(peer.folder, `${plain}-${index}.xml`)
      writeFileSync(file, printXml(tree))
      return { name: `${plain}: ${name}`, line: `verify --now 2026-11-22T12:01:00Z ${options} ${file}` }
    }),
  )
  const verdicts = peer.batch(commands.map(({ line }) => line))
  expect(
    refused(
      verdicts,
      commands.map(({ name }) => name),
    ),
  ).toEqual([])
  expect(verdicts).toHaveLength(commands.length)
})

const refused = (verdicts: readonly PeerVerdict[], names: readonly string[]): string[] =>
  verdicts.flatMap(({ ok, error }, index) => (ok ? [] : [`${names[index]}: ${error}`]))

test.skipIf(missing !== undefined)('we accept everything that WSS4J writes', { timeout: 120_000 }, async () => {
  const commands = ['quote11', 'quote12'].flatMap((plain) =>
    PEER_MESSAGES.flatMap(([steps, options], index) => {
      // That message has no such header.
      if (plain === 'quote12' && steps.includes('MessageID')) return []
      const out = join(peer.folder, `peer-${plain}-${index}.xml`)
      const [, words = steps, general = ''] = /^(.*?)((?: --\w+ \w+)*)$/.exec(steps) ?? []
      const line = `secure --now ${NOW}${general} --in ${join(KIT, `samples/plain/${plain}.xml`)} --out ${out} ${words}`
      return [{ out, options, line, name: `${plain}: ${steps}` }]
    }),
  )
  peer.batch(commands.map(({ line }) => line))
  const receiver = new KitReceiver(join(KIT, 'keys'))
  const wrong: string[] = []
  for (const { out, options, name } of commands) {
    const sample: Sample = {
      file: name,
      path: out,
      options,
      expect: 'accept',
      kind: 'valid',
      now: '2026-11-22T12:01:00Z',
      reason: '',
      mustRead: { symbol: 'IBM' },
      sendTwice: false,
    }
    const judgement = judge(sample, await receiver.receive(sample))
    if (judgement !== undefined) wrong.push(`${name}: ${judgement}`)
  }
  expect(wrong).toEqual([])
})
