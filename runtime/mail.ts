import type { Queries } from './database.ts'

/** A letter, complete. Addresses as in RFC 5322; no value may hold a line break. */
export interface Mail {
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  /** Without one, the sender of the settings. */
  readonly from?: string
  readonly replyTo?: string
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

/** What a letter says. */
export type MailContent = Required<Pick<Mail, 'subject' | 'text'>> & Pick<Mail, 'html'>

/** Text of a template: `Subject: …`, an empty line, and the body; `{{name}}` stands for a value. */
export interface MailTemplate {
  readonly text: string
  /** The body as HTML, where values are escaped. */
  readonly html?: string
}

/** A letter in the queue, as those see it who look after it. */
export interface QueuedLetter {
  readonly id: string
  /** What it is about: the reference that was given. */
  readonly about: string
  readonly to: readonly string[]
  readonly subject: string
  readonly state: 'queued' | 'sent' | 'failed'
  readonly attempts: number
  /** Why the last delivery failed; '' when none did. */
  readonly error: string
  readonly created: number
  /** When it was sent or given up, else when it is tried again. */
  readonly due: number
}

/** Takes letters to where the settings say: a server, or a folder. */
export interface MailSender {
  /** Resolves to the message id when the server has taken the letter; rejects with a {@link MailFailure} when it has not. */
  send(mail: Mail): Promise<string>
  /**
   * Puts the letter into the database and resolves to its id: it is delivered once, retried with growing pauses, and stays
   * visible when it cannot be. With `within`, it exists only if that transaction commits; `open` must have been called before.
   */
  queue(mail: Mail, about: string, within?: Queries): Promise<string>
  /** Makes room for letters in the database. */
  open(): Promise<void>
  /** Fills the template of that name from the templates of the home, in the language of `locale` if there is one; else `fallback`. */
  compose(
    name: string,
    values: ReadonlyMap<string, string>,
    options: { readonly locale?: string; readonly fallback: MailTemplate },
  ): MailContent
  /** Letters about one thing, or the newest of all. */
  letters(about?: string): Promise<readonly QueuedLetter[]>
  /** What a letter in the queue says. */
  letter(id: string): Promise<Mail | undefined>
  /** Tries a letter that was given up again. Resolves to false when it was not. */
  retry(id: string): Promise<boolean>
}

/** The letter was not taken. */
export class MailFailure extends Error {
  /** Trying again will not help: the letter or an address in it was refused. */
  readonly final: boolean

  constructor(message: string, final: boolean, options?: ErrorOptions) {
    super(message, options)
    this.final = final
  }
}
