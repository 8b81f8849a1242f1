import { Readable } from 'node:stream'
import type { OutgoingReply } from 'viaduct'
import type { HttpArrival } from './arrival.ts'
import { isFraming } from './fields.ts'
import { Pour } from './pour.ts'

/** Larger buffers are written in pieces, so that a slow reader can be told from one that does not read. */
const ONE_WRITE = 262_144
const PIECE = 65_536

/** Up to this size Node puts head and body into one buffer when the body is a string; measured 5 to 8 % of a small message. */
const ONE_STRING = 8_192

/** Writes an answer: head and body in one write when the body is in memory. Never throws; what cannot be sent becomes a bare 500. */
export function writeReply(arrival: HttpArrival, answer: OutgoingReply): void | Promise<void> {
  const { response } = arrival
  try {
    if (arrival.connection.reception.closing || answer.keepAlive === false) response.shouldKeepAlive = false
    if (answer.status < 200 || answer.status > 599) throw new RangeError(`${answer.status} is no status of an answer`)
    if (hasNoBody(arrival, answer)) {
      giveUp(answer.body)
      writeHead(arrival, answer, lengthWithoutBody(arrival, answer))
      response.end()
      return undefined
    }
    const { body } = answer
    if (body instanceof Readable || (body !== undefined && body.length > ONE_WRITE)) return pour(arrival, answer, body)
    writeHead(arrival, answer, String(body?.length ?? 0))
    if (body === undefined || body.length === 0) response.end()
    else if (body.length <= ONE_STRING) response.end(body.toString('latin1'), 'latin1')
    else response.end(body)
  } catch (failure) {
    failed(arrival, answer, failure)
  }
  return undefined
}

/** Lets go of a body that will not be written. */
export function giveUp(body: Buffer | Readable | undefined): void {
  if (!(body instanceof Readable)) return
  body.on('error', () => {})
  body.destroy()
}

const hasNoBody = ({ method }: HttpArrival, { status }: OutgoingReply): boolean =>
  method === 'HEAD' || status === 204 || status === 304

/** HEAD and 304 tell the length of what they do not carry. */
function lengthWithoutBody({ method }: HttpArrival, { status, headers, body }: OutgoingReply): string | undefined {
  if (status === 204) return undefined
  return headers.get('content-length') ?? (method === 'HEAD' && Buffer.isBuffer(body) ? String(body.length) : undefined)
}

function pour(arrival: HttpArrival, answer: OutgoingReply, body: Buffer | Readable): Promise<void> {
  const announced = Buffer.isBuffer(body) ? String(body.length) : answer.headers.get('content-length')
  const length = announced !== undefined && /^\d{1,15}$/.test(announced) ? Number(announced) : undefined
  const stream = Buffer.isBuffer(body) ? Readable.from(pieces(body), { objectMode: false }) : body
  return new Pour(arrival, stream, length, () => {
    try {
      writeHead(arrival, answer, length === undefined ? undefined : String(length))
      return true
    } catch (failure) {
      failed(arrival, answer, failure)
      return false
    }
  }).finished
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

function writeHead({ response, connection }: HttpArrival, answer: OutgoingReply, length: string | undefined): void {
  const { raw } = answer.headers
  const { answerFields, keepAlive } = connection.reception
  const fields: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (!isFraming(name)) fields.push(name, raw[i + 1] ?? '')
  }
  for (const part of answerFields) fields.push(part)
  if (response.shouldKeepAlive) fields.push('Keep-Alive', keepAlive)
  if (length !== undefined) fields.push('Content-Length', length)
  if (answer.reason === undefined || answer.reason === '') response.writeHead(answer.status, fields)
  else response.writeHead(answer.status, answer.reason, fields)
}

/** A field or a reason that cannot be written (line breaks, characters above 255) must not become a broken message. */
function failed({ response, connection }: HttpArrival, { status }: OutgoingReply, failure: unknown): void {
  const reason = failure instanceof Error ? failure.message : 'unknown'
  connection.reception.log.log('ERROR', 'http', `an answer with status ${status} could not be written: ${reason}`)
  if (response.headersSent) {
    connection.socket.destroy()
    return
  }
  response.statusMessage = ''
  response.writeHead(500, ['Content-Length', '0', 'Connection', 'close'])
  response.end()
}
