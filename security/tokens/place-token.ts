import { attributeValue, type XmlElement } from 'viaduct'
import { WSU } from '../names.ts'
import type { TokenStep } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { SecurityFailure } from '../security-failure.ts'
import { referTo, referToSecret } from './write-reference.ts'

/** Puts a token that the state holds into the header, or only makes its key known to later steps. */
export function placeToken(protection: Protection, { name, include }: TokenStep): void {
  const token = protection.state.tokens?.get(name)
  if (token === undefined) throw new SecurityFailure('protection-impossible', `nothing gives the token ${name}`)
  const { element, secret, reference } = token
  if (include) {
    protection.named.set(name, element)
    if (secret === undefined) protection.header.last(element)
    else protection.header.key(element)
  }
  if (secret === undefined) return
  const id = attributeValue(element, 'Id', WSU)
  if (reference === undefined && id === undefined)
    throw new SecurityFailure('protection-impossible', `nothing refers to the token ${name}`)
  const refer = (): XmlElement => {
    if (reference === undefined) return referTo(id ?? '', undefined)
    if (!include || id === undefined) return referToSecret(reference)
    return referTo(id, reference.form === 'reference' ? reference.valueType : reference.tokenType)
  }
  protection.secrets.set(name, { secret, refer })
}
