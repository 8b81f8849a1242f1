import type { Mail } from 'viaduct'

type StoredAttachment = { readonly name: string; readonly mediaType: string; readonly content: string }
type StoredMail = Omit<Mail, 'headers' | 'attachments'> & {
  readonly headers?: readonly (readonly [string, string])[]
  readonly attachments?: readonly StoredAttachment[]
}

/** A letter as the database keeps it. */
export function printLetter({ headers, attachments, ...rest }: Mail): string {
  const stored: StoredMail = {
    ...rest,
    ...(headers === undefined ? {} : { headers: [...headers] }),
    ...(attachments === undefined
      ? {}
      : { attachments: attachments.map((each) => ({ ...each, content: each.content.toString('base64') })) }),
  }
  return JSON.stringify(stored)
}

/** The letter again. */
export function readLetter(text: string): Mail {
  const { headers, attachments, ...rest } = JSON.parse(text) as StoredMail
  return {
    ...rest,
    ...(headers === undefined ? {} : { headers: new Map(headers) }),
    ...(attachments === undefined
      ? {}
      : { attachments: attachments.map((each) => ({ ...each, content: Buffer.from(each.content, 'base64') })) }),
  }
}
