import {
  Fault,
  Headers,
  type Mail,
  MailFailure,
  type MailSender,
  Message,
  type OutgoingRequest,
  type Sender,
} from 'viaduct'
import { Readable } from 'node:stream'

/** More of a message does not go into a letter, bytes. */
const LARGEST = 10 * 1024 * 1024

/**
 * Sends messages as letters: `mailto:a@example.com?subject=…&cc=…` (RFC 6068). The transport headers Subject, From, Cc, Bcc,
 * Reply-To and In-Reply-To go before what the address says. The answer is 202 when the letter was taken.
 */
export function createMailtoSender(mail: () => MailSender | undefined): Sender {
  return {
    schemes: ['mailto'],
    async send(request, cancelled) {
      const office = mail()
      if (office === undefined) throw new Fault(101503, 'there is no mail here')
      let gone = false
      cancelled(() => (gone = true))
      const letter = await letterOf(request)
      if (gone) throw new Fault(101504, 'the exchange is over')
      try {
        const messageId = await office.send(letter)
        const headers = Headers.of({ 'Message-ID': messageId })
        return { status: 202, reason: 'Accepted', message: Message.empty(headers) }
      } catch (failure) {
        if (!(failure instanceof MailFailure)) throw failure
        throw new Fault(failure.final ? 101500 : 101503, failure.message)
      }
    },
  }
}

async function letterOf({ url, headers, body }: OutgoingRequest): Promise<Mail> {
  const [path = '', query = ''] = url.slice(url.indexOf(':') + 1).split('?', 2)
  const fields = new URLSearchParams(query.replaceAll('+', '%2B'))
  const value = (name: string): string | undefined => headers.get(name) ?? fields.get(name.toLowerCase()) ?? undefined
  const list = (name: string): string[] => addresses(value(name) ?? '')
  const [from, replyTo, reference] = [value('From'), value('Reply-To'), value('In-Reply-To')]
  return {
    to: [...addresses(decoded(path)), ...list('To')],
    cc: list('Cc'),
    bcc: list('Bcc'),
    ...(from === undefined ? {} : { from }),
    ...(replyTo === undefined ? {} : { replyTo }),
    subject: value('Subject') ?? '',
    headers: new Map(reference === undefined ? [] : [['In-Reply-To', reference]]),
    ...content(await bytesOf(body), headers.get('Content-Type') ?? 'text/plain', fields.get('body') ?? ''),
  }
}

/** Text and HTML are what the letter says; everything else is attached to it. */
function content(bytes: Buffer, type: string, text: string): Pick<Mail, 'text' | 'html' | 'attachments'> {
  const mediaType = (type.split(';', 1)[0] ?? '').trim().toLowerCase()
  if (bytes.length === 0) return { text }
  if (mediaType === 'text/html') return { html: bytes.toString('utf8') }
  if (mediaType === 'text/plain') return { text: bytes.toString('utf8') }
  const name = `message.${/json/.test(mediaType) ? 'json' : /xml/.test(mediaType) ? 'xml' : 'bin'}`
  const known = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream'
  return { text, attachments: [{ name, mediaType: known, content: bytes }] }
}

const addresses = (list: string): string[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new Fault(101500, 'the mailto: address is not encoded as RFC 6068 asks')
  }
}

async function bytesOf(body: Buffer | Readable | undefined): Promise<Buffer> {
  if (body === undefined || Buffer.isBuffer(body)) return body ?? Buffer.alloc(0)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LARGEST) throw new Fault(101500, 'the message is too large for a letter')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
