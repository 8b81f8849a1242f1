import { Fault } from '../fault.ts'
import type { Content, Infoset } from './infoset.ts'

/** The infoset of multipart/related: the envelope with its XOP parts put in; all other parts become attachments. */
export function buildRelated(_bytes: Buffer, _content: Content): Infoset {
  throw new Fault(601000, 'multipart/related cannot be read yet')
}
