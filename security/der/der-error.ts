/** Bytes that are not the ASN.1 value that was expected. The text is for logs and diagnostics, never for clients. */
export class DerError extends Error {
  override readonly name = 'DerError'
}
