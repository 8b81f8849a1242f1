import type { CanonicalOptions, XmlElement } from 'viaduct'
import { attachmentDigest } from '../attachments/attachment-digest.ts'
import { contentIdUri } from '../attachments/content-id.ts'
import { canonicalDigest } from '../canonical/canonical-bytes.ts'
import { writtenCanonical } from '../canonical/written-canonical.ts'
import { buildElement } from '../message/build-element.ts'
import { selectPart } from '../message/select-parts.ts'
import {
  ATTACHMENT_COMPLETE_TRANSFORM,
  ATTACHMENT_CONTENT_TRANSFORM,
  DSIG,
  EXC_C14N,
  STR_TRANSFORM,
  WSSE,
} from '../names.ts'
import type { SignatureStep } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { SecurityFailure } from '../security-failure.ts'
import { referToCertificate } from '../tokens/write-reference.ts'
import { DIGESTS } from './digest-algorithm.ts'
import { certificateElement } from './str-transform.ts'
import { type SigningMaterial, writeSignature } from './write-signature.ts'

/** One reference to be: what is digested, and what tells a receiver how. */
interface PreparedReference {
  readonly uri: string
  readonly transform: XmlElement
  readonly digest: () => Buffer
}

/** Carries out a signature step. A signature over nothing is not made. */
export function sign(protection: Protection, step: SignatureStep): void {
  const hash = DIGESTS.get(step.digest)
  if (hash === undefined) throw new SecurityFailure('protection-impossible', `digest ${step.digest}`)
  const references = [...elementReferences(protection, step, hash), ...attachmentReferences(protection, step, hash)]
  if (references.length === 0) return
  const material = signingMaterial(protection, step)
  if (step.protectToken) references.push(tokenReferenceOf(protection, step, material, hash))
  const written = references.map(({ uri, transform, digest }) =>
    ds(
      'Reference',
      { URI: uri },
      ds('Transforms', {}, transform),
      ds('DigestMethod', { Algorithm: step.digest }),
      ds('DigestValue', {}, digest().toString('base64')),
    ),
  )
  const signature = writeSignature(protection, step, material, written)
  protection.named.set(step.name, signature)
}

/** Identifiers are given to all parts before the first digest is made, since parts may be in each other. */
function elementReferences(protection: Protection, step: SignatureStep, hash: string): PreparedReference[] {
  const targets = new Set(step.parts.flatMap((part) => [...selectPart(protection, part), ...protection.hidden(part)]))
  const uris = new Map([...targets].map((element) => [element, `#${protection.idOf(element)}`]))
  return [...uris].map(([element, uri]) => {
    const { options, method } = writtenCanonical(element, step.canonicalization, 'Transform')
    return { uri, transform: method, digest: () => canonicalDigest(element, options, hash) }
  })
}

function attachmentReferences(protection: Protection, step: SignatureStep, hash: string): PreparedReference[] {
  return step.parts.flatMap((part) => {
    if (part.part !== 'attachments') return []
    const { complete } = part
    const algorithm = complete ? ATTACHMENT_COMPLETE_TRANSFORM : ATTACHMENT_CONTENT_TRANSFORM
    return [...protection.attachments].map(([id, attachment]) => ({
      uri: contentIdUri(id),
      transform: ds('Transform', { Algorithm: algorithm }),
      digest: () => attachmentDigest(attachment, complete, hash),
    }))
  })
}

function signingMaterial(protection: Protection, { key }: SignatureStep): SigningMaterial {
  if (key.kind === 'named') {
    const { secret, refer } = protection.secret(key.name)
    return { key: secret, str: refer(), token: protection.named.get(key.name), certificate: undefined }
  }
  const { identity, reference } = key
  const { str, token } = referToCertificate(protection, identity.chain, reference)
  return { key: identity.key, str, token, certificate: identity.chain[0] }
}

/** sp:ProtectTokens: the token itself, or what the reference in KeyInfo stands for where the message does not have it. */
function tokenReferenceOf(
  protection: Protection,
  step: SignatureStep,
  { str, token, certificate }: SigningMaterial,
  hash: string,
): PreparedReference {
  const inHeader = token?.parent === protection.header.block
  if (token !== undefined && inHeader) {
    const { options, method } = writtenCanonical(token, step.canonicalization, 'Transform')
    return { uri: `#${protection.idOf(token)}`, transform: method, digest: () => canonicalDigest(token, options, hash) }
  }
  const form = token ?? (certificate === undefined ? undefined : certificateElement(certificate, str.prefix))
  if (form === undefined)
    throw new SecurityFailure('protection-impossible', 'a token that is not at hand cannot be signed')
  // Exclusive whatever the rest is: the token is not where it was made, so nothing around it may count.
  const options: CanonicalOptions = { form: 'exclusive', emptyDefault: true }
  const parameters = buildElement(
    WSSE,
    'wsse:TransformationParameters',
    {},
    ds('CanonicalizationMethod', { Algorithm: EXC_C14N }),
  )
  return {
    uri: `#${protection.idOf(str, 'STR')}`,
    transform: ds('Transform', { Algorithm: STR_TRANSFORM }, parameters),
    digest: () => canonicalDigest(form, options, hash),
  }
}

const ds = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...content: readonly (XmlElement | string)[]
): XmlElement => buildElement(DSIG, `ds:${name}`, attributes, ...content)
