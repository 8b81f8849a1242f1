import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createBackend, mtomSwaSample } from './index.ts'
import { printRelated, readContentType, readRelated } from './multipart.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'

function envelope(body: string): string {
  return `<s:Envelope xmlns:s="${SOAP11}"><s:Body>${body}</s:Body></s:Envelope>`
}

async function upload(url: string, operation: string, sent: { contentType: string; body: Buffer | string }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': sent.contentType, SOAPAction: `"urn:${operation}"` },
    body: new Uint8Array(Buffer.from(sent.body)),
  })
  const { type, parameters } = readContentType(response.headers.get('content-type') ?? undefined)
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, type, parameters, bytes, related: readRelated(bytes, parameters) }
}

const image = { contentType: 'image/gif', bytes: randomBytes(20_000) }
const include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1.image@apache.org"/>'
const mtomRequest = (content: string) =>
  envelope(
    `<m0:uploadFileUsingMTOM xmlns:m0="http://services.samples"><m0:request><m0:image>${content}</m0:image></m0:request></m0:uploadFileUsingMTOM>`,
  )

test('an MTOM upload comes back as an XOP part with the same bytes', async () => {
  const service = mtomSwaSample()
  await using backend = await createBackend({ services: [service] })
  const sent = printRelated(mtomRequest(include), 'text/xml', [{ ...image, id: '1.image@apache.org' }], 'mtom', 'A1')
  const answer = await upload(`${backend.url}/services/MTOMSwASampleService`, 'uploadFileUsingMTOM', sent)
  expect(answer.status).toBe(200)
  expect(answer.type).toBe('multipart/related')
  expect(answer.parameters.get('type')).toBe('application/xop+xml')
  expect(answer.parameters.get('start-info')).toBe('text/xml')
  const id = /href="cid:([^"]+)"/.exec(answer.related?.root.toString() ?? '')?.[1] ?? ''
  expect(answer.related?.attachments.get(id)?.bytes.equals(image.bytes)).toBe(true)
  expect(answer.related?.attachments.get(id)?.contentType).toBe('image/gif')
  expect(service.lastUpload?.bytes.equals(image.bytes)).toBe(true)
})

test('base64 text in the place of the part is accepted too', async () => {
  const service = mtomSwaSample()
  await using backend = await createBackend({ services: [service] })
  const sent = { contentType: 'text/xml', body: mtomRequest(image.bytes.toString('base64')) }
  const answer = await upload(`${backend.url}/services/MTOMSwASampleService`, 'uploadFileUsingMTOM', sent)
  expect([...(answer.related?.attachments.values() ?? [])][0]?.bytes.equals(image.bytes)).toBe(true)
})

test('a SwA upload comes back as a part with a new id', async () => {
  await using backend = await createBackend({ services: [mtomSwaSample()] })
  const body = envelope(
    '<m0:uploadFileUsingSwA xmlns:m0="http://services.samples"><m0:request><m0:imageId>urn:uuid:77</m0:imageId></m0:request></m0:uploadFileUsingSwA>',
  )
  const sent = printRelated(body, 'text/xml', [{ ...image, id: 'urn:uuid:77' }], 'swa', 'B2')
  const answer = await upload(`${backend.url}/services/MTOMSwASampleService`, 'uploadFileUsingSwA', sent)
  expect(answer.parameters.get('type')).toBe('text/xml')
  const id = /<m0:imageId>([^<]+)</.exec(answer.related?.root.toString() ?? '')?.[1] ?? ''
  expect(id).not.toBe('urn:uuid:77')
  expect(answer.related?.attachments.get(id)?.bytes.equals(image.bytes)).toBe(true)
})

test('a one-way upload is accepted with 202 and kept', async () => {
  const service = mtomSwaSample()
  await using backend = await createBackend({ services: [service] })
  const body = envelope(
    `<m0:oneWayUploadUsingMTOM xmlns:m0="http://services.samples"><m0:any>${include}</m0:any></m0:oneWayUploadUsingMTOM>`,
  )
  const sent = printRelated(body, 'text/xml', [{ ...image, id: '1.image@apache.org' }], 'mtom', 'C3')
  const answer = await upload(`${backend.url}/services/MTOMSwASampleService`, 'oneWayUploadUsingMTOM', sent)
  expect(answer.status).toBe(202)
  expect(service.uploads).toBe(1)
})

test('a reference to a part that is not there is a fault', async () => {
  await using backend = await createBackend({ services: [mtomSwaSample()] })
  const sent = printRelated(mtomRequest(include), 'text/xml', [], 'mtom', 'D4')
  const answer = await upload(`${backend.url}/services/MTOMSwASampleService`, 'uploadFileUsingMTOM', sent)
  expect(answer.status).toBe(500)
  expect(answer.bytes.toString()).toContain('<faultcode>soapenv:Client</faultcode>')
})

test('parts may be written as base64 or quoted-printable', () => {
  const part = (encoding: string, text: string) =>
    `--b\r\nContent-Transfer-Encoding: ${encoding}\r\nContent-ID: <${encoding}>\r\n\r\n${text}\r\n`
  const body = `${part('Quoted-Printable', '<a b=3D"=C3=BC"=\r\n/>')}${part('base64', 'YQ==')}--b--`
  const related = readRelated(Buffer.from(body), new Map([['boundary', 'b']]))
  expect(related?.root.toString()).toBe('<a b="ü"/>')
  expect(related?.attachments.get('base64')?.bytes.toString()).toBe('a')
})

test('a boundary inside the data of a part does not end it', () => {
  const bytes = Buffer.from('a--MIMEBoundaryurn_uuid_Eb\r\n--MIMEBoundary')
  const { contentType, body } = printRelated('<r/>', 'text/xml', [{ id: 'x', contentType: 'a/b', bytes }], 'swa', 'E')
  expect(readRelated(body, readContentType(contentType).parameters)?.attachments.get('x')?.bytes.equals(bytes)).toBe(
    true,
  )
})
