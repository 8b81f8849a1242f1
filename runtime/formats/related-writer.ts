import { Fault } from '../fault.ts'
import { type MimeEntity, MimeError, type MimePart, type RelatedOptions, writeMtom, writeSwa } from '../mime/index.ts'
import { printableAction } from '../soap/addressing.ts'
import type { SoapVersion } from '../soap/envelope.ts'
import type { XmlDocument } from '../xml/tree.ts'
import { TYPE_OF } from './media-type.ts'
import { xmlBytes, type Writing, type Written } from './writing.ts'

type RelatedWriting = Pick<Writing, 'charset' | 'action' | 'uuid'> & {
  readonly optimize: 'mtom' | 'swa'
  readonly version: SoapVersion
}

/** An envelope as multipart/related: MTOM sends binary content as parts, SwA only the attachments that the message has. */
export function writeRelated(
  tree: XmlDocument,
  attachments: ReadonlyMap<string, MimePart>,
  writing: RelatedWriting,
): Written {
  const { optimize, version, charset, action, uuid } = writing
  const options: RelatedOptions = {
    boundary: `MIMEBoundary_${uuid()}`,
    rootId: `root.${uuid()}@viaduct`,
    envelopeType: version === '1.1' ? TYPE_OF.soap11 : TYPE_OF.soap12,
    charset,
    action: version === '1.2' && action !== undefined ? printableAction(action) : undefined,
  }
  try {
    return whole(
      optimize === 'mtom'
        ? writeMtom(tree, options, () => `${uuid()}@viaduct`, attachments.values())
        : writeSwa(xmlBytes(tree, charset, true), options, attachments.values()),
    )
  } catch (cause) {
    if (!(cause instanceof MimeError)) throw cause
    throw new Fault(0, `the message cannot be written as multipart/related: ${cause.message}`, { cause })
  }
}

const whole = ({ contentType, chunks, length }: MimeEntity): Written => ({
  body: Buffer.concat(chunks, length),
  contentType,
})
