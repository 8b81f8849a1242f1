import { privateDecrypt, publicEncrypt, randomBytes, sign, verify as verifyRsa } from 'node:crypto'
import { decodeXml, parseXml, printXml } from 'viaduct'
import { EXC_C14N, DSIG_MORE, XENC } from '../../security/names.ts'
import type { EncryptionStep, ProtectPlan, ProtectStep, SignatureStep } from '../../security/plan.ts'
import { protect } from '../../security/protect.ts'
import type { SecurityResults } from '../../security/security-results.ts'
import { identityOf, keyringOf, NOW, receiverOf, stateOf } from '../../security/testing/messages.ts'
import { verify } from '../../security/verify.ts'

const client = identityOf('client')
const server = identityOf('server')
const [recipient] = server.chain
// Every message is received many times: what is remembered would be all that is measured.
const receiver = receiverOf(keyringOf([server], [client.chain[0]]), { rejectsReplays: false })

const signing: SignatureStep = {
  step: 'signature',
  name: 'signature',
  key: { kind: 'identity', identity: client, reference: 'direct' },
  algorithm: `${DSIG_MORE}rsa-sha256`,
  digest: `${XENC}sha256`,
  canonicalization: EXC_C14N,
  parts: [{ part: 'body' }, { part: 'timestamp' }],
  protectToken: false,
}
const encrypting: EncryptionStep = {
  step: 'encryption',
  key: { kind: 'fresh', recipient, reference: 'thumbprint', transport: { algorithm: `${XENC}rsa-oaep-mgf1p` } },
  algorithm: `${XENC}aes256-cbc`,
  parts: [{ part: 'body' }],
}
const plan = (...steps: readonly ProtectStep[]): ProtectPlan => ({
  actor: undefined,
  mustUnderstand: true,
  steps: [{ step: 'timestamp', ttl: 300, milliseconds: true, position: 'first' }, ...steps],
  optimize: [],
})
const SIGN = plan(signing)
const ENCRYPT = plan(encrypting)
const BOTH = plan(signing, encrypting)

/** One direction as the bus does it: bytes in, bytes out. */
function send(text: string, how: ProtectPlan): Buffer {
  const tree = parseXml(text)
  protect(tree, how, { now: NOW, random: randomBytes })
  return Buffer.from(printXml(tree))
}

function receive(bytes: Buffer): SecurityResults {
  const results = verify(parseXml(decodeXml(bytes)), receiver, stateOf())
  if (results instanceof Promise) throw new TypeError('nothing had to be waited for')
  return results
}

/** What is measured of one message, by the names of the kit's own benchmark. */
export function operationsOn(text: string): ReadonlyMap<string, () => unknown> {
  const [signed, encrypted] = [send(text, SIGN), send(text, ENCRYPT)]
  return new Map<string, () => unknown>([
    ['sign', () => send(text, SIGN)],
    ['verify', () => receive(signed)],
    ['encrypt', () => send(text, ENCRYPT)],
    ['decrypt', () => receive(encrypted)],
    ['round trip', () => receive(send(text, BOTH))],
  ])
}

/** Only what RSA-2048 costs in a round trip: signature and its verification, encryption of a key and its decryption. */
export function rsaAlone(): () => unknown {
  const data = randomBytes(800)
  const value = sign('sha256', data, client.key)
  const secret = randomBytes(32)
  const cipher = publicEncrypt(recipient.publicKey, secret)
  return () => [
    sign('sha256', data, client.key),
    verifyRsa('sha256', data, client.chain[0].publicKey, value),
    publicEncrypt(recipient.publicKey, secret),
    privateDecrypt(server.key, cipher),
  ]
}

/** A message whose signature has so many references, each to a small element. */
export function referencesMessage(count: number): () => unknown {
  const parts = Array.from({ length: count }, (_, index) => `<m:part n="${index}">IBM</m:part>`).join('')
  const text = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="urn:m"><e:Header/><e:Body>${parts}</e:Body></e:Envelope>`
  const select = (tree: ReturnType<typeof parseXml>) =>
    tree.root.children
      .flatMap((child) => (child.type === 1 && child.name === 'Body' ? child.children : []))
      .filter((child) => child.type === 1)
  const signed = send(text, plan({ ...signing, parts: [{ part: 'elements', select }] }))
  return () => receive(signed)
}
