import { createHash, type Hash } from 'node:crypto'
import { type CanonicalOptions, canonicalXml, writeCanonicalXml, type XmlElement } from 'viaduct'
import type { WorkBudget } from '../work-budget.ts'

/** The hash of a canonical form, which is never held as a whole. */
export function canonicalDigest(
  element: XmlElement,
  options: CanonicalOptions,
  hash: string,
  budget?: WorkBudget,
): Buffer {
  return hashCanonical(createHash(hash), element, options, budget).digest()
}

function hashCanonical(
  hash: Hash,
  element: XmlElement,
  options: CanonicalOptions,
  budget: WorkBudget | undefined,
): Hash {
  writeCanonicalXml(element, options, (chunk) => {
    budget?.spend('canonicalOutput', chunk.length)
    hash.update(chunk)
  })
  return hash
}

/** The canonical form of something small: a SignedInfo. */
export function canonicalBytes(element: XmlElement, options: CanonicalOptions, budget?: WorkBudget): Buffer {
  const text = canonicalXml(element, options)
  budget?.spend('canonicalOutput', text.length)
  return Buffer.from(text)
}
