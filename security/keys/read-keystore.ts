import { DerError, readDerPrefix } from '../der/index.ts'
import type { KeystoreEntry } from './keystore-entry.ts'
import { readCertificate } from './keystore-entry.ts'
import { KeystoreError } from './keystore-error.ts'
import { isJavaKeystore, readJavaKeystore } from './read-java-keystore.ts'
import { readPemEntries } from './read-pem.ts'
import { readPkcs12 } from './read-pkcs12.ts'

export interface KeystorePasswords {
  readonly store?: string | undefined
  /** Of the private keys, where it is another one. */
  readonly key?: string | undefined
}

/** Larger files are no keystores of people. */
const LONGEST = 16 * 1024 * 1024

/**
 * Reads a keystore of any supported form, told by its content: PEM, PKCS#12, JKS, JCEKS, or one DER certificate. `name` is the
 * alias where the form has none. Throws {@link KeystoreError}.
 */
export function readKeystore(bytes: Buffer, name: string, passwords: KeystorePasswords = {}): KeystoreEntry[] {
  if (bytes.length > LONGEST) throw new KeystoreError('damaged', 'the file is too large for a keystore')
  const { store } = passwords
  if (bytes.includes('-----BEGIN ')) return readPemEntries(bytes.toString('latin1'), passwords.key ?? store, name)
  if (isJavaKeystore(bytes)) return readJavaKeystore(bytes, needed(store), passwords.key ?? store)
  const form = derForm(bytes)
  if (form === 'certificate') return [{ alias: name, key: undefined, chain: [readCertificate(bytes)] }]
  if (form === 'pkcs12') return readPkcs12(bytes, needed(store), passwords.key ?? store)
  throw new KeystoreError('unsupported', 'the file is none of PEM, PKCS#12, JKS and JCEKS')
}

function needed(password: string | undefined): string {
  if (password === undefined) throw new KeystoreError('password', 'the keystore needs a password')
  return password
}

function derForm(bytes: Buffer): 'certificate' | 'pkcs12' | undefined {
  try {
    const [first] = readDerPrefix(bytes, { ber: true }).value.sequence
    if (first === undefined) return undefined
    return first.children === undefined ? 'pkcs12' : 'certificate'
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
