import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KIT, type Sample } from './kit.ts'
import { KitReceiver, type Verdict } from './receiver.ts'

const folder = join(KIT, 'peers/captured')
const present = existsSync(folder)

/** What has to be found in a message that a peer sent, by the start of its name, and why it may be refused. */
const EXPECTED: readonly (readonly [start: string, options: string, refused?: string])[] = [
  ['gsoap-ts', '--require Timestamp'],
  ['gsoap-ut-digest', '--require UsernameToken --password-type digest'],
  ['gsoap-ut-text', '--require UsernameToken --password-type text'],
  ['gsoap-sign-enc', '--bsp 0 --require Body'],
  ['gsoap-sign', '--bsp 0 --require Body'],
  ['gsoap-enc', '--bsp 0 --require EncBody'],
  // It names no key at all.
  ['gsoap-hmac', '--bsp 0 --require Body', 'malformed'],
  ['php-ut-digest', '--require UsernameToken --password-type digest'],
  ['php-sign', '--bsp 0 --require Body'],
  ['zeep-ut-digest', '--require UsernameToken --password-type digest'],
  ['zeep-ut-text', '--require UsernameToken --password-type text'],
  ['zeep-sign-ut', '--require Body,UsernameToken'],
  ['zeep-binsign', '--require Body'],
  ['zeep-sign', '--bsp 0 --require Body'],
]

const files = present ? readdirSync(folder).filter((name) => !name.includes('mtom')) : []
const receiver = present ? new KitReceiver(join(KIT, 'keys')) : undefined

/** Real messages, made at a real time: that which they say, or the time they were captured. */
function receiveCaptured(file: string, options: string): Promise<Verdict> | undefined {
  const path = join(folder, file)
  const created = /Created[^>]*>([^<]+)</.exec(readFileSync(path, 'utf8'))?.[1] ?? '2026-11-22T13:30:00Z'
  const sample: Sample = {
    file,
    path,
    options,
    expect: 'accept',
    kind: 'peer',
    now: created,
    reason: '',
    mustRead: undefined,
    sendTwice: false,
  }
  return receiver?.receive(sample)
}

test.skipIf(!present).each(files.map((file) => [file]))('%s is read', async (file) => {
  const [, options = '', refused] = EXPECTED.find(([start]) => file.startsWith(start)) ?? []
  const verdict = await receiveCaptured(file, options)
  if (refused === undefined) expect(verdict).toMatchObject({ verdict: 'accept' })
  else expect(verdict).toMatchObject({ verdict: 'reject', reason: refused })
})
