import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { createTransport, type Transporter } from 'nodemailer'
import { type Mail, MailFailure, type Settings } from 'viaduct'
import type { Carrier } from './carrier.ts'
import { mailOptions } from './mail-options.ts'

/** Letters that one connection carries before it is made again. */
const LETTERS_PER_CONNECTION = 100

/** Hands letters to an SMTP server (RFC 5321), over a few connections that stay open. */
export class SmtpCarrier implements Carrier {
  readonly #from: string
  readonly #transport: Transporter

  constructor(settings: Settings['mail']) {
    const { host, port, security, user, password, trust, from, connections, timeout } = settings
    this.#from = from
    this.#transport = createTransport({
      pool: true,
      maxConnections: connections,
      maxMessages: LETTERS_PER_CONNECTION,
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: trust === '' ? {} : { ca: [...rootCertificates, readFileSync(trust, 'utf8')] },
      ...(user === '' ? {} : { auth: { user, pass: password } }),
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      dnsTimeout: timeout,
      socketTimeout: timeout,
    })
  }

  async carry(mail: Mail, messageId: string): Promise<void> {
    try {
      await this.#transport.sendMail(mailOptions(mail, messageId, this.#from))
    } catch (failure) {
      throw failureOf(failure)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport.close()
  }
}

/** Steps of the dialogue that judge this letter; a refusal elsewhere (login, greeting) concerns the server, and mends. */
const ABOUT_THE_LETTER = new Set(['EENVELOPE', 'EMESSAGE'])

function failureOf(failure: unknown): MailFailure {
  if (!(failure instanceof Error)) return new MailFailure('the mail server failed', false)
  const { code, responseCode } = failure as Error & { readonly code?: string; readonly responseCode?: number }
  const final = ABOUT_THE_LETTER.has(code ?? '') && responseCode !== undefined && responseCode >= 500
  return new MailFailure(firstLine(failure.message), final, { cause: failure })
}

const firstLine = (text: string): string => text.split(/[\r\n]/, 1)[0]?.slice(0, 300) ?? ''
