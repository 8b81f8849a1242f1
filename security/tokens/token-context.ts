import type { XmlElement } from 'viaduct'
import { decryptData } from '../encryption/decrypt-data.ts'
import { readEncryptedKey } from '../encryption/encrypted-key.ts'
import { isNamed, onlyChild, optionalChild, soleElement } from '../message/read-element.ts'
import { DSIG, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { verifyEnveloped } from '../signature/enveloped-signature.ts'
import type { TokenContext } from '../token-handler.ts'
import type { Verification } from '../verification.ts'
import { readKeyValue, resolveKeyInfo } from './resolve-reference.ts'

/** What the handlers of tokens may use while a message is verified. */
export function createTokenContext(verification: Verification): TokenContext {
  const { plan, state, tokens } = verification
  const unwrap = (element: XmlElement): Buffer => {
    const { secret } = tokens.known(element) ?? tokens.add(readEncryptedKey(verification, element, true))
    if (secret === undefined) throw new SecurityFailure('key-refused', 'an EncryptedKey has no secret')
    return secret
  }
  return {
    now: state.now,
    skew: plan.clock.skew * 1000,
    keys: plan.keys,
    decryptionKeys: plan.decryptionKeys,
    secrets: state.secrets,
    algorithms: plan.algorithms,
    limits: plan.limits,
    tokens: tokens.all,
    unwrap,
    reveal: (wrapper) => {
      const data = onlyChild(wrapper, XENC, 'EncryptedData')
      const inside = optionalChild(onlyChild(data, DSIG, 'KeyInfo'), XENC, 'EncryptedKey')
      const key = inside ?? onlyChild(wrapper, XENC, 'EncryptedKey')
      key.parent?.children.splice(key.parent.children.indexOf(key), 1)
      decryptData(verification, data, { kind: 'encrypted-key', element: key, secret: unwrap(key) })
      return soleElement(wrapper)
    },
    verifyEnveloped: (signed, signature, idAttribute) => verifyEnveloped(verification, signed, signature, idAttribute),
    keyIn: (keyInfo) => {
      const child = soleElement(keyInfo)
      if (isNamed(child, XENC, 'EncryptedKey')) return { kind: 'encrypted-key', element: child, secret: unwrap(child) }
      if (isNamed(child, DSIG, 'KeyValue')) return { publicKey: readKeyValue(child) }
      return resolveKeyInfo(verification, keyInfo, plan.keys, true).token
    },
  }
}
