import type { Span, XmlElement } from 'viaduct'

/** Parts of a message by name: body, headers. */
export interface Parts {
  readonly body: boolean
  /** sp:SignedParts without children: every header block. */
  readonly everyHeader: boolean
  readonly headers: readonly HeaderPart[]
  readonly attachments: boolean
}

export interface HeaderPart {
  /** Undefined: every header of the namespace. */
  readonly name: string | undefined
  readonly namespace: string
}

/** Elements that an XPath selects from the envelope. */
export interface ElementsPart {
  readonly expression: string
  readonly namespaces: ReadonlyMap<string, string>
  readonly at: Span
  /** The element of the policy, whose prefixes are in force. */
  readonly element: XmlElement
}

/** What protects parts of the message: the whole policy's, or one supporting token's. */
export interface Protection {
  readonly signed: Parts
  readonly encrypted: Parts
  readonly signedElements: readonly ElementsPart[]
  readonly encryptedElements: readonly ElementsPart[]
  readonly encryptedContent: readonly ElementsPart[]
}

export const NO_PARTS: Parts = { body: false, everyHeader: false, headers: [], attachments: false }

/** Whether the parts name nothing. */
export const isNothing = ({ body, everyHeader, headers, attachments }: Parts): boolean =>
  !body && !everyHeader && headers.length === 0 && !attachments
