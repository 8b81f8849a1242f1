import { KeyObject, type X509Certificate } from 'node:crypto'
import { setText, type XmlElement } from 'viaduct'
import { canonicalBytes } from '../canonical/canonical-bytes.ts'
import { writtenCanonical } from '../canonical/written-canonical.ts'
import { buildElement } from '../message/build-element.ts'
import { DSIG } from '../names.ts'
import type { SignatureStep } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { SecurityFailure } from '../security-failure.ts'
import { checkKey, macOf, SIGNATURES, signatureOf } from './signature-algorithm.ts'

/** What a signature is made with, and what tells whose it is. */
export interface SigningMaterial {
  readonly key: KeyObject | Buffer
  readonly str: XmlElement
  readonly token: XmlElement | undefined
  readonly certificate: X509Certificate | undefined
}

/** Puts a ds:Signature over prepared references into the header and signs it there, where its namespaces are final. */
export function writeSignature(
  protection: Protection,
  step: SignatureStep,
  { key, str }: SigningMaterial,
  references: readonly XmlElement[],
): XmlElement {
  const method = buildElement(DSIG, 'ds:SignatureMethod', { Algorithm: step.algorithm })
  const signedInfo = buildElement(DSIG, 'ds:SignedInfo', {}, method, ...references)
  const value = buildElement(DSIG, 'ds:SignatureValue')
  const keyInfo = buildElement(DSIG, 'ds:KeyInfo', {}, str)
  const signature = buildElement(DSIG, 'ds:Signature', { Id: protection.newId('SIG') }, signedInfo, value, keyInfo)
  protection.header.operation(signature)
  const canonical = writtenCanonical(signedInfo, step.canonicalization, 'CanonicalizationMethod')
  canonical.method.parent = signedInfo
  canonical.method.declarations = []
  signedInfo.children.unshift(canonical.method)
  const text = valueOf(step.algorithm, key, canonicalBytes(signedInfo, canonical.options)).toString('base64')
  setText(value, text)
  protection.signatures.push(text)
  return signature
}

function valueOf(identifier: string, key: KeyObject | Buffer, data: Buffer): Buffer {
  const algorithm = SIGNATURES.get(identifier)
  const isPair = key instanceof KeyObject
  if (algorithm === undefined || isPair === (algorithm.kind === 'hmac'))
    throw new SecurityFailure('protection-impossible', `the key cannot sign with ${identifier}`)
  try {
    if (!isPair) return macOf(algorithm, key, data)
    checkKey(algorithm, key, 0)
    return signatureOf(algorithm, key, data)
  } catch (cause) {
    throw new SecurityFailure('protection-impossible', `the key cannot sign with ${identifier}`, { cause })
  }
}
