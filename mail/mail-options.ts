import type { Transporter } from 'nodemailer'
import type { Mail } from 'viaduct'

/** The letter as nodemailer takes it. Nothing in it may name a file or a URL to be read. */
export function mailOptions(mail: Mail, messageId: string, from: string): Parameters<Transporter['sendMail']>[0] {
  const { to, cc, bcc, replyTo, subject, text, html, headers, attachments = [] } = mail
  return {
    disableFileAccess: true,
    disableUrlAccess: true,
    messageId,
    from: mail.from ?? from,
    to: [...to],
    cc: [...(cc ?? [])],
    bcc: [...(bcc ?? [])],
    ...(replyTo === undefined ? {} : { replyTo }),
    subject,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    headers: [...(headers ?? [])].map(([key, value]) => ({ key, value })),
    attachments: attachments.map(({ name, mediaType, content }) => ({
      filename: name,
      contentType: mediaType,
      content,
    })),
  }
}
