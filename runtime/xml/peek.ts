import { EnvelopeScan, type Peek } from './envelope-scan.ts'

export type { Peek, PeekedName } from './envelope-scan.ts'

/**
 * Reads the start of a document until the first child of the SOAP Body is known, so that a message can be routed without
 * being parsed. Nothing is validated: what it says holds for well-formed documents. Undefined when it cannot tell, which is
 * so for everything that is not plain UTF-8 or ASCII up to there. Never throws.
 *
 * `charset` is the parameter of the media type, which overrides the XML declaration (RFC 7303 section 3).
 */
export function peekEnvelope(bytes: Buffer, charset?: string): Peek | undefined {
  const found = new EnvelopeScan(bytes).run(charset)
  return found && { soap: found.soap, operation: found.operation }
}

/**
 * A copy of a SOAP message with header blocks written before the others; a Header is made when there is none. `xml` must
 * declare every prefix that it uses, and the default namespace if it has names without one. Undefined when a scan cannot
 * tell where the place is.
 */
export function spliceHeader(bytes: Buffer, xml: string, charset?: string): Buffer | undefined {
  const found = new EnvelopeScan(bytes).run(charset)
  if (found?.place === undefined) return undefined
  const { at, until, before, after } = found.place
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(before + xml + after), bytes.subarray(until)])
}
