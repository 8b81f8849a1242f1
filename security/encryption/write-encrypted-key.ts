import type { XmlElement } from 'viaduct'
import { buildElement } from '../message/build-element.ts'
import { DSIG, ENCRYPTED_KEY, XENC, XENC11 } from '../names.ts'
import type { EncryptedKeyStep, KeyTransport, Recipient } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { SecurityFailure } from '../security-failure.ts'
import { encryptedKeyName } from '../tokens/resolve-reference.ts'
import { referTo, referToCertificate } from '../tokens/write-reference.ts'
import { sendSecret } from './key-transport.ts'
import { cipherData } from './write-encrypted-data.ts'

/** Makes a secret and sends it to the recipient of a step; later steps use it by name. */
export function writeEncryptedKey(protection: Protection, step: EncryptedKeyStep): void {
  const secret = protection.state.random(step.length)
  const { element, id } = encryptedKey(protection, secret, step)
  protection.header.key(element)
  protection.named.set(step.name, element)
  protection.secrets.set(step.name, { secret, refer: () => referTo(id, ENCRYPTED_KEY, ENCRYPTED_KEY) })
}

/** An xenc:EncryptedKey that is nowhere yet. */
export function encryptedKey(
  protection: Protection,
  secret: Buffer,
  { recipient, reference, transport }: Pick<EncryptedKeyStep, 'recipient' | 'reference' | 'transport'>,
): { readonly element: XmlElement; readonly id: string } {
  const certificate = certificateOf(protection, recipient)
  const cipher = sendSecret(transport, certificate.publicKey, secret, protection.state.random)
  const id = protection.newId('EK')
  const { str } = referToCertificate(protection, [certificate], reference)
  protection.sentSecrets.set(encryptedKeyName(cipher), secret)
  const element = buildElement(
    XENC,
    'xenc:EncryptedKey',
    { Id: id },
    transportMethod(transport),
    buildElement(DSIG, 'ds:KeyInfo', {}, str),
    cipherData(protection, cipher),
  )
  return { element, id }
}

function certificateOf({ state }: Protection, recipient: Recipient) {
  const certificate = recipient === 'peer' ? state.peer : recipient
  if (certificate === undefined)
    throw new SecurityFailure(
      'protection-impossible',
      'nobody signed the request to whom the answer could be encrypted',
    )
  return certificate
}

function transportMethod({ algorithm, digest, mgf }: KeyTransport): XmlElement {
  return buildElement(
    XENC,
    'xenc:EncryptionMethod',
    { Algorithm: algorithm },
    digest === undefined ? undefined : buildElement(DSIG, 'ds:DigestMethod', { Algorithm: digest }),
    mgf === undefined ? undefined : buildElement(XENC11, 'xenc11:MGF', { Algorithm: mgf }),
  )
}
