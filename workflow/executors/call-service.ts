import { createEnvelope, Headers, printXml, type Sender, type XmlElement } from 'viaduct'

const TIMEOUT = 30_000
/** More of an answer is not read, bytes. */
const LARGEST_ANSWER = 64 * 1024

/** Where and how an external workflow service is called. */
export interface ServiceAddress {
  readonly endpoint: string
  readonly username: string
  readonly password: string
  readonly contentType: string
  readonly action: string
}

/** Sends a SOAP 1.1 message and throws unless it is taken: what the service decides comes later, by the callback. */
export async function callService(
  { endpoint, username, password, contentType, action }: ServiceAddress,
  payload: XmlElement,
  senderOf: (scheme: string) => Sender | undefined,
): Promise<void> {
  if (!URL.canParse(endpoint)) throw new Error(`serviceEndpoint "${endpoint}" is no address`)
  const sender = senderOf(new URL(endpoint).protocol.slice(0, -1))
  if (sender === undefined) throw new Error(`there is no transport for ${endpoint}`)
  const headers = Headers.of({ 'Content-Type': withCharset(contentType), SOAPAction: `"${action}"` })
  if (username !== '')
    headers.set('Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  const body = Buffer.from(printXml(createEnvelope('1.1', [payload])))
  const answer = await sender.send({ method: 'POST', url: endpoint, timeout: TIMEOUT, headers, body }, () => {})
  await answer.message.build(LARGEST_ANSWER)
  if (answer.status >= 300) throw new Error(`the workflow service answered ${answer.status} ${answer.reason}`)
}

const withCharset = (type: string): string => (/;\s*charset=/i.test(type) ? type : `${type}; charset=UTF-8`)
