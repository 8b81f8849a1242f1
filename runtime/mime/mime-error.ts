/** A MIME entity that is malformed, exceeds a limit or cannot be written. The message quotes nothing from the entity. */
export class MimeError extends Error {
  override readonly name = 'MimeError'
}
