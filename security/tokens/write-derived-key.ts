import { buildElement } from '../message/build-element.ts'
import { WSC_2005, WSC_200512 } from '../names.ts'
import type { DerivedKeyStep } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { DERIVATION_LABEL, pSha1 } from './p-sha1.ts'
import { referTo } from './write-reference.ts'

const NONCE_BYTES = 16

/** Derives a key and writes the wsc:DerivedKeyToken that tells how (WS-SecureConversation 1.4 section 7). */
export function writeDerivedKey(protection: Protection, step: DerivedKeyStep): void {
  const { secret, refer } = protection.secret(step.from)
  const namespace = step.version === '2005/02' ? WSC_2005 : WSC_200512
  const nonce = protection.state.random(NONCE_BYTES)
  const wsc = (name: string, text: string) => buildElement(namespace, `wsc:${name}`, {}, text)
  const token = buildElement(
    namespace,
    'wsc:DerivedKeyToken',
    {},
    refer(),
    wsc('Offset', '0'),
    wsc('Length', String(step.length)),
    wsc('Nonce', nonce.toString('base64')),
  )
  const id = protection.idOf(token, 'DK')
  protection.header.key(token)
  const seed = Buffer.concat([Buffer.from(DERIVATION_LABEL), nonce])
  protection.named.set(step.name, token)
  protection.secrets.set(step.name, {
    secret: pSha1(secret, seed, step.length),
    refer: () => referTo(id, `${namespace}/dk`),
  })
}
