export { type KeystoreEntry } from './keystore-entry.ts'
export { KeystoreError, type KeystoreProblem } from './keystore-error.ts'
export { Keyring, type KeyringRules } from './keyring.ts'
export {
  type KeyringLinker,
  type KeyringRequest,
  type KeystoreLocation,
  loadKeyring,
  loadKeystore,
  readKeyFile,
} from './load-keyring.ts'
export { type KeystorePasswords, readKeystore } from './read-keystore.ts'
