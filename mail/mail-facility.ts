import { defineFacility, type Mail, type MailSender, type Queries } from 'viaduct'
import { checkLetter, isMailAddress } from './check-letter.ts'
import { Outbox } from './outbox.ts'
import { PostOffice } from './post-office.ts'
import { TemplateFolder } from './template-folder.ts'

/** Letters: sent at once, or queued in the database and delivered from there. */
export const mail = defineFacility({
  name: 'mail',
  summary: 'Letters to people.',
  create(linker): MailSender {
    const { services } = linker
    const { settings, home, platform } = services
    const database = linker.facility('database')
    if (!isMailAddress(settings.mail.from))
      linker.report('setting-invalid', SETTINGS, `mail.from "${settings.mail.from}" is no address`)
    const templates = new TemplateFolder(home, settings.mail.templates, linker.report)
    if (database === undefined) throw new Error('mail needs a database')
    const outbox = new Outbox(database, platform, hostOf(settings.mail.from))
    const fingerprint = JSON.stringify([settings.mail, settings.database, home])
    const office = linker.state('mail', fingerprint, () => new PostOffice(outbox, services))
    linker.onStart(() => office.use())
    linker.onStop(() => office.release())
    return {
      async send(letter: Mail) {
        checkLetter(letter)
        const messageId = outbox.newMessageId()
        await office.carry(letter, messageId)
        return messageId
      },
      async queue(letter: Mail, about: string, within?: Queries) {
        checkLetter(letter)
        const id = await outbox.add(letter, about, within)
        // What is not committed yet is not seen yet, and is found when the outbox is looked at next.
        office.notice()
        return id
      },
      open: () => outbox.open(),
      compose: (name, values, options) => templates.compose(name, values, options),
      letters: (about) => outbox.letters(about),
      letter: (id) => outbox.letter(id),
      async retry(id: string) {
        const found = await outbox.retry(id)
        office.notice()
        return found
      },
    }
  },
})

const hostOf = (address: string): string => /@([^>\s]+)>?$/.exec(address)?.[1] ?? 'localhost'

const SETTINGS = { file: 'viaduct.config.json', line: 1, column: 1, endLine: 1, endColumn: 1 }
