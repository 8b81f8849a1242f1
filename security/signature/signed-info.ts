import { attributeValue, type CanonicalOptions, ELEMENT, elements, type XmlElement } from 'viaduct'
import { CANONICAL_FORMS, readCanonicalMethod } from '../canonical/canonical-method.ts'
import { algorithmOf, bytesOf, isNamed, onlyChild, optionalChild } from '../message/read-element.ts'
import {
  ATTACHMENT_COMPLETE_TRANSFORM,
  ATTACHMENT_CONTENT_TRANSFORM,
  DSIG,
  ENVELOPED_SIGNATURE,
  STR_TRANSFORM,
} from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { AllowedAlgorithms } from '../verify-plan.ts'
import { hashOf } from './digest-algorithm.ts'
import { type SignatureAlgorithm, signatureAlgorithm } from './signature-algorithm.ts'

/** A ds:Signature, read and checked for shape and algorithms; nothing is computed yet. */
export interface ReadSignature {
  readonly element: XmlElement
  readonly signedInfo: XmlElement
  readonly canonical: CanonicalOptions
  readonly algorithm: SignatureAlgorithm
  readonly identifier: string
  readonly references: readonly ReadReference[]
  readonly value: Buffer
  readonly keyInfo: XmlElement
}

export interface ReadReference {
  readonly uri: string | undefined
  readonly transforms: readonly XmlElement[]
  readonly hash: string
  readonly digest: Buffer
}

/**
 * Reads a signature: its children in order and each once, nothing between them, every algorithm allowed, no more references
 * than `limit`. Neither ds:Object nor parameters of the signature method (HMACOutputLength) are accepted.
 */
export function readSignature(element: XmlElement, allowed: AllowedAlgorithms, limit: number): ReadSignature {
  const names = childNames(element)
  if (names !== 'SignedInfo SignatureValue KeyInfo')
    throw new SecurityFailure('malformed', `a Signature holds ${names.slice(0, 200)}`)
  const signedInfo = onlyChild(element, DSIG, 'SignedInfo')
  const count = signedInfo.children.reduce((sum, { type }) => sum + (type === ELEMENT ? 1 : 0), 0) - 2
  if (count > limit) throw new SecurityFailure('limit-exceeded', `a signature has ${count} references`)
  const order = childNames(signedInfo)
  if (!/^CanonicalizationMethod SignatureMethod(?: Reference)+$/.test(order))
    throw new SecurityFailure('malformed', `a SignedInfo holds ${order.slice(0, 200)}`)
  const method = onlyChild(signedInfo, DSIG, 'SignatureMethod')
  if (method.children.some(({ type }) => type === ELEMENT))
    throw new SecurityFailure('algorithm-refused', 'the signature method has parameters')
  const identifier = algorithmOf(method)
  return {
    element,
    signedInfo,
    canonical: readCanonicalMethod(onlyChild(signedInfo, DSIG, 'CanonicalizationMethod'), allowed.canonicalization),
    algorithm: signatureAlgorithm(identifier, allowed.signature),
    identifier,
    references: signedInfo.children.flatMap((child) =>
      child.type === ELEMENT && isNamed(child, DSIG, 'Reference') ? [readReference(child, allowed)] : [],
    ),
    value: bytesOf(onlyChild(element, DSIG, 'SignatureValue')),
    keyInfo: onlyChild(element, DSIG, 'KeyInfo'),
  }
}

/** All transforms that anybody may use, before it is known who signed. */
const TRANSFORMS: ReadonlySet<string> = new Set([
  ...CANONICAL_FORMS.keys(),
  STR_TRANSFORM,
  ENVELOPED_SIGNATURE,
  ATTACHMENT_CONTENT_TRANSFORM,
  ATTACHMENT_COMPLETE_TRANSFORM,
])
const MOST_TRANSFORMS = 2

function readTransforms(transforms: XmlElement | undefined): readonly XmlElement[] {
  const list = transforms === undefined ? [] : elements(transforms)
  if (list.length > MOST_TRANSFORMS) throw new SecurityFailure('transform-refused', `${list.length} transforms`)
  for (const transform of list) {
    if (!isNamed(transform, DSIG, 'Transform'))
      throw new SecurityFailure('malformed', `${transform.name} stands among the transforms`)
    if (!TRANSFORMS.has(algorithmOf(transform)))
      throw new SecurityFailure('transform-refused', `transform ${algorithmOf(transform)}`)
  }
  return list
}

function readReference(reference: XmlElement, allowed: AllowedAlgorithms): ReadReference {
  const names = childNames(reference)
  if (names !== 'Transforms DigestMethod DigestValue' && names !== 'DigestMethod DigestValue')
    throw new SecurityFailure('malformed', `a Reference holds ${names.slice(0, 200)}`)
  return {
    uri: attributeValue(reference, 'URI'),
    transforms: readTransforms(optionalChild(reference, DSIG, 'Transforms')),
    hash: hashOf(algorithmOf(onlyChild(reference, DSIG, 'DigestMethod')), allowed.digest),
    digest: bytesOf(onlyChild(reference, DSIG, 'DigestValue')),
  }
}

/** The names of the children; those of other namespaces get a mark, so that they match nothing. */
function childNames(element: XmlElement): string {
  return element.children
    .flatMap((child) => (child.type === ELEMENT ? [child.namespace === DSIG ? child.name : `?${child.name}`] : []))
    .join(' ')
}
