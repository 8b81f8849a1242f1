import { join } from 'node:path'
import type { Mail, Settings } from 'viaduct'

/** Brings one letter to its next station. */
export interface Carrier extends AsyncDisposable {
  /** Rejects with a MailFailure. Doing it again with the same id is the same letter again. */
  carry(mail: Mail, messageId: string): Promise<void>
}

/** The carrier that the settings name; loaded when the first letter leaves. */
export async function openCarrier(settings: Settings['mail'], home: string): Promise<Carrier> {
  if (settings.host === '') {
    const { FolderCarrier } = await import('./folder-carrier.ts')
    return new FolderCarrier(join(home, settings.folder), settings.from)
  }
  const { SmtpCarrier } = await import('./smtp-carrier.ts')
  return new SmtpCarrier(settings)
}
