import type { Headers } from '../headers.ts'
import type { MimePart } from '../mime/index.ts'
import type { Settings } from '../settings.ts'
import type { XmlDocument } from '../xml/tree.ts'

/** The message as Synapse sees it. */
export interface Infoset {
  tree: XmlDocument
  /** The envelope was made around a payload that came without one. */
  readonly rest: boolean
}

/** All that a builder may look at. */
export interface Content {
  /** Without Content-Encoding; undefined when there is no body. */
  readonly bytes: Buffer | undefined
  readonly contentType: string | undefined
  readonly headers: Headers
  /** Path and query of the request line; of a request only. */
  readonly target: string | undefined
  readonly settings: Settings
  /** Filled by builders of multipart messages. */
  readonly attachments: Map<string, MimePart>
}
