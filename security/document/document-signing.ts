import { isUtf8 } from 'node:buffer'
import { constants, type KeyObject, privateDecrypt } from 'node:crypto'
import {
  attributeValue,
  defineFacility,
  type DocumentSigning,
  elements,
  type Linker,
  type SignatureRules,
  type Span,
  type XmlElement,
} from 'viaduct'
import { canonicalBytes, canonicalDigest } from '../canonical/canonical-bytes.ts'
import { CANONICAL_FORMS, readCanonicalMethod } from '../canonical/canonical-method.ts'
import type { KeyIdentity } from '../key-material.ts'
import { type Keyring, type KeystoreLocation, loadKeyring } from '../keys/index.ts'
import { algorithmOf, isNamed } from '../message/read-element.ts'
import { DSIG, DSIG_MORE, ENVELOPED_SIGNATURE, EXC_C14N } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { checkKey, isSame, isSignature } from '../signature/signature-algorithm.ts'
import { signEnveloped } from '../signature/sign-enveloped.ts'
import { type ReadSignature, readSignature } from '../signature/signed-info.ts'
import type { AllowedAlgorithms } from '../verify-plan.ts'

/** The keys of the bus for documents, and for secrets of configurations. */
export const signing = defineFacility({
  name: 'signing',
  summary: 'Signs and verifies documents with the keys of the bus.',
  create: (linker) => new KeyringSigning(linker),
})

const SETTINGS: Span = { file: 'viaduct.config.json', line: 1, column: 1, endLine: 1, endColumn: 1 }

/** Signs with the key of `security.keystore`. */
class KeyringSigning implements DocumentSigning {
  readonly #keyring: Keyring | undefined
  readonly #identity: KeyIdentity | undefined
  readonly #minimumRsa: number

  constructor(linker: Linker) {
    const { security } = linker.services.settings
    this.#minimumRsa = security.minimumKeyBits
    this.#keyring = ringOf(linker)
    this.#identity = this.#keyring && identityIn(this.#keyring, security.alias)
  }

  get canSign(): boolean {
    return this.#identity !== undefined
  }

  sign(element: XmlElement, { idAttribute, sha1 }: SignatureRules): void {
    if (this.#identity === undefined) throw new Error('security.keystore has no key to sign with')
    const id = idAttribute === undefined ? undefined : attributeValue(element, idAttribute)
    const uri = id === undefined ? '' : `#${id}`
    signEnveloped(element, this.#identity, { uri, hash: sha1 ? 'sha1' : 'sha256', after: elements(element)[0] })
  }

  verify(element: XmlElement, { idAttribute, trusted, sha1 }: SignatureRules): void {
    const [found, ...more] = elements(element).filter((child) => isNamed(child, DSIG, 'Signature'))
    if (found === undefined || more.length > 0) throw new SecurityFailure('malformed', 'there must be one signature')
    const signature = readSignature(found, allowedAlgorithms(sha1, this.#minimumRsa), 1)
    const id = idAttribute === undefined ? undefined : attributeValue(element, idAttribute)
    checkReference(element, found, signature, id)
    const bytes = canonicalBytes(signature.signedInfo, signature.canonical)
    const made = this.#keysOf(trusted).some((key) => {
      checkKey(signature.algorithm, key, this.#minimumRsa)
      return isSignature(signature.algorithm, key, bytes, signature.value)
    })
    if (!made) throw new SecurityFailure('signature-wrong', 'nobody who is trusted has signed this')
  }

  decrypt(written: Buffer): Buffer | undefined {
    const ciphertext = unwrapped(written)
    const key = this.#identity?.key
    if (key === undefined || key.asymmetricKeyType !== 'rsa') return undefined
    // Carbon has encrypted with OAEP since 4.4.3 and with PKCS#1 before; Node itself takes back the oracle of the latter.
    for (const padding of [constants.RSA_PKCS1_OAEP_PADDING, constants.RSA_PKCS1_PADDING]) {
      try {
        const text = privateDecrypt({ key, padding, oaepHash: 'sha1' }, ciphertext)
        // With the wrong key PKCS#1 gives noise instead of an error (implicit rejection).
        if (isUtf8(text)) return text
      } catch {
        continue
      }
    }
    return undefined
  }

  #keysOf(trusted: readonly string[]): KeyObject[] {
    if (trusted.length > 0) return trusted.flatMap((alias) => this.#keyring?.certificate(alias)?.publicKey ?? [])
    return this.#identity === undefined ? [] : [this.#identity.chain[0].publicKey]
  }
}

/** Later Carbon puts the ciphertext and its transformation into JSON: `{"c": …, "t": "RSA/ECB/OAEPwithSHA1andMGF1Padding"}`. */
function unwrapped(written: Buffer): Buffer {
  if (written[0] !== 0x7b) return written
  const [, inner] = /"c"\s*:\s*"([\w+/=-]+)"/.exec(written.toString('latin1')) ?? []
  return inner === undefined ? written : Buffer.from(inner, 'base64')
}

/** The reference is to the whole of the element, without its signature; the digest is computed over what the caller reads. */
function checkReference(
  element: XmlElement,
  signature: XmlElement,
  { references }: ReadSignature,
  id: string | undefined,
): void {
  const [reference] = references
  if (reference === undefined || (reference.uri !== '' && (id === undefined || reference.uri !== `#${id}`)))
    throw new SecurityFailure('reference-refused', 'the signature is not over the document')
  const [enveloped, method, ...others] = reference.transforms
  const algorithm = method === undefined ? undefined : algorithmOf(method)
  if (enveloped === undefined || algorithmOf(enveloped) !== ENVELOPED_SIGNATURE || others.length > 0)
    throw new SecurityFailure('transform-refused', 'an enveloped signature with other transforms')
  if (algorithm !== undefined && !CANONICAL_FORMS.has(algorithm))
    throw new SecurityFailure('transform-refused', `transform ${algorithm}`)
  const canonical = method === undefined ? { form: 'inclusive' as const } : readCanonicalMethod(method, FORMS)
  const actual = canonicalDigest(element, { ...canonical, omit: signature }, reference.hash)
  if (!isSame(actual, reference.digest)) throw new SecurityFailure('digest-wrong', 'the document was changed')
}

const FORMS: ReadonlySet<string> = new Set(CANONICAL_FORMS.keys())
const NONE: ReadonlySet<string> = new Set<string>([])

function allowedAlgorithms(sha1: boolean, minimumRsa: number): AllowedAlgorithms {
  const hashes = ['sha256', 'sha384', 'sha512']
  const signature = hashes.flatMap((hash) => [`${DSIG_MORE}rsa-${hash}`, `${DSIG_MORE}ecdsa-${hash}`])
  const digest = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512']
  return {
    signature: new Set([...signature, ...(sha1 ? [`${DSIG}rsa-sha1`] : [])]),
    digest: new Set([...digest, ...(sha1 ? [`${DSIG}sha1`] : [])]),
    canonicalization: new Set([EXC_C14N, ...FORMS]),
    encryption: NONE,
    keyTransport: NONE,
    keyWrap: NONE,
    oaepDigest: NONE,
    mgf: NONE,
    minimumRsa,
  }
}

function ringOf(linker: Linker): Keyring | undefined {
  const { keystore, keystorePassword, keyPassword, truststore, truststorePassword, minimumKeyBits } =
    linker.services.settings.security
  const filled = (text: string): string | undefined => (text === '' ? undefined : text)
  const keystores: KeystoreLocation[] = []
  if (keystore !== '')
    keystores.push({
      file: keystore,
      at: SETTINGS,
      passwords: { store: filled(keystorePassword), key: filled(keyPassword) },
    })
  if (truststore !== '')
    keystores.push({ file: truststore, at: SETTINGS, passwords: { store: filled(truststorePassword) } })
  if (keystores.length === 0) return undefined
  return loadKeyring({ keystores, rules: { minimumRsaBits: minimumKeyBits, allowSha1: true } }, linker)
}

/** The entry that the settings name, else the only one with a key. */
function identityIn(keyring: Keyring, alias: string): KeyIdentity | undefined {
  if (alias !== '') return keyring.identity(alias)
  const all = keyring.aliases.flatMap((each) => keyring.identity(each) ?? [])
  return all.length === 1 ? all[0] : undefined
}
