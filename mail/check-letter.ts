import { type Mail, MailFailure } from 'viaduct'

const MOST_RECIPIENTS = 100
const LONGEST_HEADER = 2_000

/** One address, bare or in angle brackets after a name. Stricter than RFC 5322: no comments, no quoted local parts, no routes. */
const ADDRESS =
  /^(?:[^<>@,;:"()[\]\\]{1,200} )?<?([^\s<>@,;:"()[\]\\]{1,64})@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)>?$/

/** Fields that only the bus sets; a letter that brings its own could name other recipients. */
const RESERVED = new Set(
  ['to', 'cc', 'bcc', 'from', 'sender', 'reply-to', 'subject', 'date', 'message-id', 'received', 'return-path'].concat([
    'content-type',
    'content-transfer-encoding',
    'content-disposition',
    'mime-version',
  ]),
)

/** Whether it is one address that letters can be sent to. */
export const isMailAddress = (text: string): boolean => text.length <= 320 && ADDRESS.test(text) && balanced(text)

/** Throws {@link MailFailure} for a letter that must not leave: no recipient, too many, or a value that would become another header. */
export function checkLetter(mail: Mail): void {
  const recipients = [...mail.to, ...(mail.cc ?? []), ...(mail.bcc ?? [])]
  if (recipients.length === 0) throw refused('it has no recipient')
  if (recipients.length > MOST_RECIPIENTS) throw refused(`it has more than ${MOST_RECIPIENTS} recipients`)
  const senders = [mail.from, mail.replyTo].filter((each) => each !== undefined)
  for (const address of [...recipients, ...senders])
    if (!isMailAddress(address)) throw refused(`"${printable(address)}" is no address`)
  checkText('Subject', mail.subject)
  for (const [name, value] of mail.headers ?? []) {
    if (!/^[A-Za-z][\w-]{0,76}$/.test(name) || RESERVED.has(name.toLowerCase()))
      throw refused(`the header "${printable(name)}" may not be set`)
    checkText(name, value)
  }
  for (const { name, mediaType } of mail.attachments ?? []) {
    checkText('the name of an attachment', name)
    if (!/^[\w.+-]+\/[\w.+-]+$/.test(mediaType)) throw refused(`"${printable(mediaType)}" is no media type`)
  }
}

function checkText(name: string, value: string): void {
  if (value.length > LONGEST_HEADER) throw refused(`${name} is too long`)
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000A-\u001F\u007F\u0085\u2028\u2029]/.test(value))
    throw refused(`${name} holds a line break or a control character`)
}

const refused = (reason: string): MailFailure => new MailFailure(`the letter is refused: ${reason}`, true)

/** Names of at most one pair of angle brackets, and that at the end. */
const balanced = (text: string): boolean => text.includes('<') === text.endsWith('>')

// eslint-disable-next-line no-control-regex
const printable = (text: string): string => text.slice(0, 100).replaceAll(/[\u0000-\u001F\u007F]/g, '?')
