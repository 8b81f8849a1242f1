/** A letter, complete. Addresses as in RFC 5322; no value may hold a line break. */
export interface Mail {
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  /** Without one, the sender of the settings. */
  readonly from?: string
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly headers?: ReadonlyMap<string, string>
  readonly attachments?: readonly MailAttachment[]
}

export interface MailAttachment {
  readonly name: string
  readonly mediaType: string
  readonly content: Buffer
}

/** Takes letters to where the settings say: a server, or a folder. */
export interface MailSender {
  /** Resolves to the message id when the server has taken the letter; rejects with the reason when it has not. */
  send(mail: Mail): Promise<string>
}
