import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  decodeXml,
  elements,
  inlineXop,
  parseXml,
  readRelated,
  writeMtom,
  type XmlDocument,
  type XmlElement,
  XmlText,
} from 'viaduct'
import { EXC_C14N, DSIG_MORE, XENC } from '../../security/names.ts'
import { protect } from '../../security/protect.ts'
import { identityOf, keyringOf, NOW, receiverOf, stateOf } from '../../security/testing/messages.ts'
import { verify } from '../../security/verify.ts'

/**
 * A process of its own that sends and receives one message with an attachment of so many MB: signed, encrypted, and its
 * ciphers as MTOM parts. Prints the most memory (MB resident) it had before, after sending, and after receiving.
 */
const [, , size = '20'] = process.argv
const bytes = Buffer.alloc(Number(size) * 1_000_000, 'Viaduct carries attachments. ')
const client = identityOf('client')
const server = identityOf('server')

/** The highest resident set so far. Not that of getrusage, which starts with that of the parent process. */
const megabytes = (): number =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024)

function everyCipherValue({ root }: XmlDocument): XmlElement[] {
  const inside = (element: XmlElement): XmlElement[] => [
    ...(element.name === 'CipherValue' ? [element] : []),
    ...elements(element).flatMap(inside),
  ]
  return inside(root)
}

function send(): { readonly contentType: string; readonly message: Buffer } {
  const tree = parseXml(
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body><m:upload xmlns:m="urn:m"><m:image/></m:upload></e:Body></e:Envelope>',
  )
  const image = elements(elements(elements(tree.root)[1] ?? tree.root)[0] ?? tree.root)[0] ?? tree.root
  image.children = [new XmlText({ bytes, contentType: 'image/png' }, image)]
  const steps = [
    { step: 'timestamp', ttl: 300, milliseconds: true, position: 'first' },
    {
      step: 'signature',
      name: 'signature',
      key: { kind: 'identity', identity: client, reference: 'direct' },
      algorithm: `${DSIG_MORE}rsa-sha256`,
      digest: `${XENC}sha256`,
      canonicalization: EXC_C14N,
      parts: [{ part: 'body' }, { part: 'timestamp' }],
      protectToken: false,
    },
    {
      step: 'encryption',
      key: {
        kind: 'fresh',
        recipient: server.chain[0],
        reference: 'thumbprint',
        transport: { algorithm: `${XENC}rsa-oaep-mgf1p` },
      },
      algorithm: `${XENC}aes256-cbc`,
      parts: [{ part: 'body' }],
    },
  ] as const
  protect(
    tree,
    { actor: undefined, mustUnderstand: true, steps, optimize: [everyCipherValue] },
    { now: NOW, random: randomBytes },
  )
  let id = 0
  const { contentType, chunks } = writeMtom(
    tree,
    { rootId: 'root', boundary: 'boundary-of-the-message', envelopeType: 'text/xml' },
    () => `part-${++id}`,
  )
  return { contentType, message: Buffer.concat(chunks) }
}

async function receive(contentType: string, message: Buffer): Promise<string> {
  const { root, parts } = readRelated(message, contentType)
  const tree = parseXml(decodeXml(root.bytes))
  inlineXop(tree, new Map(parts.map((part) => [part.contentId ?? '', part])))
  const { body, signatures } = await verify(tree, receiverOf(keyringOf([server], [client.chain[0]])), stateOf())
  const image = elements(elements(body)[0] ?? body)[0]
  const only = image?.children[0]
  if (signatures.length !== 1 || only?.type !== 3) throw new Error('the message is not what was sent')
  return createHash('sha256').update(Buffer.from(only.value, 'base64')).digest('hex')
}

const before = megabytes()
const { contentType, message } = send()
const sent = megabytes()
const hash = await receive(contentType, message)
const equal = hash === createHash('sha256').update(bytes).digest('hex')
console.log(
  JSON.stringify({
    size: Number(size),
    before,
    sent,
    received: megabytes(),
    message: Math.round(message.length / 1e6),
    equal,
  }),
)
