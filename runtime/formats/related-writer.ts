import type { MimePart } from '../mime/index.ts'
import { Fault } from '../fault.ts'
import type { SoapVersion } from '../soap/envelope.ts'
import type { XmlDocument } from '../xml/tree.ts'
import type { Writing, Written } from './formatters.ts'

export function writeRelated(
  _tree: XmlDocument,
  _attachments: ReadonlyMap<string, MimePart>,
  _writing: Writing & { readonly version: SoapVersion },
): Written {
  throw new Fault(0, 'multipart/related cannot be written yet')
}
