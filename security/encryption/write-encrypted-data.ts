import { XmlText, type XmlElement } from 'viaduct'
import { buildElement } from '../message/build-element.ts'
import { DSIG, XENC } from '../names.ts'
import type { Protection } from '../protection.ts'

/** An xenc:EncryptedData around what holds or names its ciphertext. */
export function encryptedData(
  id: string,
  attributes: Readonly<Record<string, string | undefined>>,
  algorithm: string,
  str: XmlElement,
  cipher: XmlElement,
): XmlElement {
  return buildElement(
    XENC,
    'xenc:EncryptedData',
    { Id: id, ...attributes },
    buildElement(XENC, 'xenc:EncryptionMethod', { Algorithm: algorithm }),
    buildElement(DSIG, 'ds:KeyInfo', {}, str),
    cipher,
  )
}

/** The ciphertext in place. It stays bytes where the plan may send it as a part of its own. */
export function cipherData({ cipherValues, plan }: Protection, cipher: Buffer): XmlElement {
  const value = buildElement(XENC, 'xenc:CipherValue')
  const text = plan.optimize.length === 0 ? cipher.toString('base64') : binary(cipher)
  value.children = [new XmlText(text, value)]
  cipherValues.push(value)
  return buildElement(XENC, 'xenc:CipherData', {}, value)
}

const binary = (bytes: Buffer) => ({ bytes, contentType: 'application/octet-stream' })
