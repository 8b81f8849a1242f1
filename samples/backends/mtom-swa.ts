import { randomUUID } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { ServiceFault, type Attachment, type Invocation, type Operation, type SoapService } from './service.ts'
import { childOf, elementsOf, textOf } from './xml.ts'
import { openSchema } from './wsdl.ts'

const NAMESPACE = 'http://services.samples'
const XOP = 'http://www.w3.org/2004/08/xop/include'

/** The service with what was uploaded last. */
export interface MtomSwaSample extends SoapService {
  readonly uploads: number
  readonly lastUpload: Attachment | undefined
}

/** MTOMSwASampleService of samples 51 and 252: answers the bytes it was sent, in the packaging that the operation is named for. */
export function mtomSwaSample(): MtomSwaSample {
  let uploads = 0
  let lastUpload: Attachment | undefined
  const keep = (attachment: Attachment) => {
    uploads++
    lastUpload = attachment
    return attachment
  }
  const table: Record<string, Operation> = {
    uploadFileUsingMTOM: (call) => {
      const image = keep(binaryOf(call, childOf(childOf(call.wrapper, 'request'), 'image')))
      const id = `1.urn:uuid:${randomUUID()}@apache.org`
      const include = `<xop:Include xmlns:xop="${XOP}" href="cid:${id}"/>`
      const body = wrapped('uploadFileUsingMTOMResponse', `<m0:image>${include}</m0:image>`)
      return { body, attachments: [{ ...image, id }], packaging: 'mtom' }
    },
    uploadFileUsingSwA: (call) => {
      const requested = childOf(childOf(call.wrapper, 'request'), 'imageId')
      const image = keep(attachmentOf(call, requested === undefined ? '' : textOf(requested).trim()))
      const id = `urn:uuid:${randomUUID()}`
      const body = wrapped('uploadFileUsingSwAResponse', `<m0:imageId>${id}</m0:imageId>`)
      return { body, attachments: [{ ...image, id }], packaging: 'swa' }
    },
    oneWayUploadUsingMTOM: (call) => {
      keep(binaryOf(call, elementsOf(call.wrapper)[0]))
      return undefined
    },
  }
  const operations = new Map(Object.entries(table))
  const inOnly = ['oneWayUploadUsingMTOM']
  return {
    kind: 'soap',
    name: 'MTOMSwASampleService',
    namespace: NAMESPACE,
    operations,
    wsdl: { schemas: openSchema(NAMESPACE, operations.keys(), inOnly), inOnly },
    get uploads() {
      return uploads
    },
    get lastUpload() {
      return lastUpload
    },
  }
}

/** The part that an `xop:Include` refers to, or the base64 text in its place. */
function binaryOf(call: Invocation, element: XmlElement | undefined): Attachment {
  if (element === undefined) throw new ServiceFault('Client', 'The request contains no binary element.')
  const include = elementsOf(element).find(({ name, namespace }) => name === 'Include' && namespace === XOP)
  if (include === undefined)
    return { id: '', contentType: 'application/octet-stream', bytes: Buffer.from(textOf(element), 'base64') }
  const href = include.attributes.find(({ name, namespace }) => name === 'href' && namespace === '')?.value ?? ''
  return attachmentOf(call, decodeCid(href))
}

function attachmentOf(call: Invocation, id: string): Attachment {
  const attachment = call.attachments.get(id)
  if (attachment === undefined)
    throw new ServiceFault('Client', 'The attachment that the request refers to is not in the message.')
  return attachment
}

function decodeCid(href: string): string {
  try {
    return decodeURIComponent(href.replace(/^cid:/, ''))
  } catch {
    return ''
  }
}

function wrapped(name: string, content: string): string {
  return `<m0:${name} xmlns:m0="${NAMESPACE}"><m0:response>${content}</m0:response></m0:${name}>`
}
