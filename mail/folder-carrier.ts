import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { type Mail, MailFailure } from 'viaduct'
import type { Carrier } from './carrier.ts'
import { mailOptions } from './mail-options.ts'

/** Writes letters as files that mail programs open. A letter that comes again replaces itself. */
export class FolderCarrier implements Carrier {
  readonly #folder: string
  readonly #from: string
  readonly #printer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })

  constructor(folder: string, from: string) {
    this.#folder = folder
    this.#from = from
  }

  async carry(mail: Mail, messageId: string): Promise<void> {
    const { message } = await this.#printer.sendMail(mailOptions(mail, messageId, this.#from))
    const name = `${messageId.replaceAll(/[^\w.-]/g, '_').replaceAll(/^_+|_+$/g, '')}.eml`
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(join(this.#folder, `.${name}.tmp`), message as Buffer, { mode: 0o600, flush: true })
      await rename(join(this.#folder, `.${name}.tmp`), join(this.#folder, name))
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
      throw new MailFailure(`the letter cannot be written: ${code}`, false, { cause })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#printer.close()
  }
}
