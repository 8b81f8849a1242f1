/** One body part, its transfer encoding taken off. `bytes` is a view of the message it was read from. */
export interface MimePart {
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Content-ID without its angle brackets. */
  readonly contentId: string | undefined
  /** As written; application/octet-stream when the part does not say. */
  readonly contentType: string
  readonly bytes: Buffer
  /** The parts of a multipart part, when nested parts were asked for. */
  readonly parts?: readonly MimePart[]
}

export const OCTET_STREAM = 'application/octet-stream'

/** A part that did not arrive but is made here. */
export function makePart(contentId: string, contentType: string, bytes: Buffer): MimePart {
  const headers = new Map([
    ['content-type', contentType],
    ['content-id', `<${contentId}>`],
  ])
  return { headers, contentId, contentType, bytes }
}

/** A Content-ID or `start` without the angle brackets that stand around it. */
export function bareId(id: string): string {
  return id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id
}
