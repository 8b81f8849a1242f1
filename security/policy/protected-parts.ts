import type { EncryptedPart, SignedPart } from '../plan.ts'
import { elementSelector } from './element-selector.ts'
import type { Protection } from './parts.ts'
import type { PolicyReports } from './reader.ts'

/** What parts and elements a policy or supporting token wants signed. */
export function signedParts({ signed, signedElements }: Protection, reports: PolicyReports): SignedPart[] {
  const parts: SignedPart[] = []
  if (signed.body) parts.push({ part: 'body' })
  if (signed.everyHeader) parts.push({ part: 'headers' })
  for (const { name, namespace } of signed.headers) parts.push({ part: 'header', name, namespace })
  for (const each of signedElements) {
    const select = elementSelector(each, reports)
    if (select !== undefined) parts.push({ part: 'elements', select })
  }
  if (signed.attachments) parts.push({ part: 'attachments', complete: false })
  return parts
}

/** Likewise encrypted. */
export function encryptedParts(protection: Protection, reports: PolicyReports): EncryptedPart[] {
  const { encrypted, encryptedElements, encryptedContent } = protection
  const parts: EncryptedPart[] = []
  for (const { name, namespace } of encrypted.headers) parts.push({ part: 'header', name, namespace })
  for (const [elements, content] of [
    [encryptedElements, false],
    [encryptedContent, true],
  ] as const) {
    for (const each of elements) {
      const select = elementSelector(each, reports)
      if (select !== undefined) parts.push({ part: 'elements', select, content })
    }
  }
  if (encrypted.body) parts.push({ part: 'body' })
  if (encrypted.attachments) parts.push({ part: 'attachments', complete: false })
  return parts
}
