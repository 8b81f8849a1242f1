import { createHash, randomBytes, sign, type X509Certificate } from 'node:crypto'
import {
  attributeValue,
  canonicalXml,
  elements,
  firstElement,
  headerOf,
  parseXml,
  printXml,
  setText,
  type XmlDocument,
  type XmlElement,
} from 'viaduct'
import type { KeyIdentity } from '../key-material.ts'
import { Keyring } from '../keys/index.ts'
import { DSIG, DSIG_MORE, EXC_C14N, XENC } from '../names.ts'
import type { EncryptionStep, ProtectPlan, ProtectStep, SignatureStep, TimestampStep } from '../plan.ts'
import type { ProtectResult, ProtectState } from '../protect-state.ts'
import { protect } from '../protect.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults } from '../security-results.ts'
import { CertificateCache } from '../tokens/certificate-cache.ts'
import type { VerifyPlan, VerifyState } from '../verify-plan.ts'
import { SECURITY_LIMITS } from '../verify-plan.ts'
import { ALL_ALGORITHMS } from '../algorithms.ts'
import { NO_SECRETS } from '../key-material.ts'
import { verify } from '../verify.ts'
import { makeIdentity, type CertificateRequest } from './certificates.ts'

/** The moment of all test messages. */
export const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY = 86_400_000

/** An identity for a test, valid at {@link NOW}. */
export function identityOf(alias: string, request: Partial<CertificateRequest> = {}): KeyIdentity {
  const { certificate, privateKey } = makeIdentity({
    subject: `CN=${alias},O=Test`,
    key: 'rsa',
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    ...request,
  })
  return { alias, key: privateKey, chain: [certificate] }
}

/** A keyring with these identities, private keys and all; `trusted` are only certificates. */
export const keyringOf = (identities: readonly KeyIdentity[], trusted: readonly X509Certificate[] = []): Keyring =>
  new Keyring([
    ...identities.map(({ alias, key, chain }) => ({ alias, key, chain })),
    ...trusted.map((certificate, index) => ({ alias: `trusted-${index}`, key: undefined, chain: [certificate] })),
  ])

export const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/'
export const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope'
export const ADDRESSING = 'http://www.w3.org/2005/08/addressing'

/** A message with two headers and an order in its body. */
export const orderMessage = (soap = SOAP_11, payload = ORDER): string =>
  `<soapenv:Envelope xmlns:soapenv="${soap}" xmlns:wsa="${ADDRESSING}" xmlns="urn:default"><soapenv:Header>` +
  `<wsa:To soapenv:mustUnderstand="1">http://localhost/orders</wsa:To><wsa:MessageID>urn:uuid:1</wsa:MessageID>` +
  `</soapenv:Header><soapenv:Body>${payload}</soapenv:Body></soapenv:Envelope>`

const ORDER =
  '<m:order xmlns:m="urn:orders" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><m:symbol xsi:type="m:symbol">IBM</m:symbol>' +
  '<m:card num="4111&#9;1111">Ada &amp; Löwe &lt;€&gt; 𝄞</m:card><plain xmlns="">none</plain><inherited>default</inherited></m:order>'

export const timestamp: TimestampStep = { step: 'timestamp', ttl: 300, milliseconds: true, position: 'first' }

/** RSA-SHA256 over body and Timestamp unless something else is asked for. */
export const signature = (identity: KeyIdentity, changes: Partial<SignatureStep> = {}): SignatureStep => ({
  step: 'signature',
  name: 'signature',
  key: { kind: 'identity', identity, reference: 'direct' },
  algorithm: `${DSIG_MORE}rsa-sha256`,
  digest: `${XENC}sha256`,
  canonicalization: EXC_C14N,
  parts: [{ part: 'body' }, { part: 'timestamp' }],
  protectToken: false,
  ...changes,
})

/** HMAC-SHA1 with a secret by name. */
export const mac = (name: string, changes: Partial<SignatureStep> = {}): SignatureStep => ({
  step: 'signature',
  name: 'signature',
  key: { kind: 'named', name },
  algorithm: `${DSIG}hmac-sha1`,
  digest: `${DSIG}sha1`,
  canonicalization: EXC_C14N,
  parts: [{ part: 'body' }, { part: 'timestamp' }],
  protectToken: false,
  ...changes,
})

export const OAEP = { algorithm: `${XENC}rsa-oaep-mgf1p` } as const

/** AES-256-CBC of the body content with a fresh key for the recipient unless something else is asked for. */
export const encryption = (recipient: X509Certificate, changes: Partial<EncryptionStep> = {}): EncryptionStep => ({
  step: 'encryption',
  key: { kind: 'fresh', recipient, reference: 'thumbprint', transport: OAEP },
  algorithm: `${XENC}aes256-cbc`,
  parts: [{ part: 'body' }],
  ...changes,
})

export const planOf = (...steps: readonly ProtectStep[]): ProtectPlan => ({
  actor: undefined,
  mustUnderstand: true,
  steps,
  optimize: [],
})

/** What was sent: the message as a peer parses it, and what the sender remembers. */
export interface Sent extends ProtectResult {
  readonly text: string
  readonly tree: XmlDocument
}

/** Protects a message, writes it and parses what was written. */
export function send(
  steps: readonly ProtectStep[] | ProtectPlan,
  state: Partial<ProtectState> = {},
  text = orderMessage(),
): Sent {
  const plan = 'steps' in steps ? steps : planOf(...steps)
  const tree = parseXml(text)
  const result = protect(tree, plan, { now: NOW, random: randomBytes, ...state })
  const written = printXml(tree)
  return { ...result, text: written, tree: parseXml(written) }
}

/** A receiver that allows everything and knows these keys. */
export const receiverOf = (keys: Keyring, changes: Partial<VerifyPlan> = {}): VerifyPlan => ({
  service: 'orders',
  actor: undefined,
  algorithms: ALL_ALGORITHMS,
  keys,
  decryptionKeys: keys,
  certificates: new CertificateCache(),
  handlers: [],
  clock: { ttl: 300, skew: 0, future: 60, strict: true },
  username: {
    passwords: new Set(['text', 'digest', 'none', 'derived']),
    ttl: 300,
    future: 60,
    nonceLifetime: 300,
    maximum: 1,
  },
  allowsSubject: undefined,
  lenient: false,
  rejectsReplays: true,
  attachments: true,
  limits: SECURITY_LIMITS,
  ...changes,
})

export const stateOf = (changes: Partial<VerifyState> = {}): VerifyState => ({
  now: NOW,
  replays: new ReplayCache(1000),
  users: undefined,
  secrets: NO_SECRETS,
  attachments: [],
  ...changes,
})

/** Receives a message: text, or what was sent. */
export function receive(
  message: string | Sent,
  plan: VerifyPlan,
  state: Partial<VerifyState> = {},
): SecurityResults | Promise<SecurityResults> {
  const tree = parseXml(typeof message === 'string' ? message : message.text)
  const attachments = typeof message === 'string' ? [] : message.attachments
  return verify(tree, plan, stateOf({ attachments, ...state }))
}

/** Why a message is refused; throws when it is accepted. */
export async function refusal(
  message: string | Sent,
  plan: VerifyPlan,
  state: Partial<VerifyState> = {},
): Promise<SecurityFailure> {
  try {
    await receive(message, plan, state)
  } catch (error) {
    if (error instanceof SecurityFailure) return error
    throw error
  }
  throw new Error('the message was accepted')
}

/** Names of the elements that the signatures cover, in order. */
export const signedNames = ({ signatures }: SecurityResults): string[] =>
  signatures.flatMap(({ covered }) => covered.map(({ node, attachment }) => node?.name ?? attachment ?? 'outside'))

export const decrypted = ({ decryptions }: SecurityResults): string[] =>
  decryptions.map(({ kind, node, attachment }) => `${kind} ${node?.name ?? attachment}`)

/** The children of the security header by name. */
export function headerChildren(tree: XmlDocument): string[] {
  const block = firstElement(headerOf(tree) ?? tree.root, 'Security')
  return block === undefined ? [] : elements(block).map(({ name }) => name)
}

/** The body of the order, to compare what was received with what was sent. */
export const bodyText = (element: XmlElement): string => printXml(element)

/** A message after its SignedInfo was changed, signed again by somebody with a trusted key: only what it says is wrong now. */
export function resigned(text: string, { key }: KeyIdentity): string {
  const tree = parseXml(text)
  const block = firstElement(headerOf(tree) ?? tree.root, 'Security') ?? tree.root
  const element = firstElement(block, 'Signature') ?? block
  const signedInfo = firstElement(element, 'SignedInfo') ?? element
  const method = firstElement(signedInfo, 'CanonicalizationMethod') ?? element
  const list = firstElement(method, 'InclusiveNamespaces')
  const prefixes = list === undefined ? [] : (attributeValue(list, 'PrefixList') ?? '').split(' ')
  const value = sign('sha256', Buffer.from(canonicalXml(signedInfo, { form: 'exclusive', prefixes })), key)
  setText(firstElement(element, 'SignatureValue') ?? element, value.toString('base64'))
  return printXml(tree)
}

/** The digest of an element with an identifier, as a Reference without PrefixList has it. */
export function digestOf(text: string, name: string, hash = 'sha256'): string {
  const find = (element: XmlElement): XmlElement | undefined =>
    element.name === name
      ? element
      : elements(element)
          .map(find)
          .find((found) => found !== undefined)
  const element = find(parseXml(text).root)
  if (element === undefined) throw new Error(`the message has no ${name}`)
  return createHash(hash)
    .update(canonicalXml(element, { form: 'exclusive' }))
    .digest('base64')
}
