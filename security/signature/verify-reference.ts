import { type CanonicalOptions, canonicalXml, type XmlElement } from 'viaduct'
import { attachmentDigest } from '../attachments/attachment-digest.ts'
import { contentIdOf } from '../attachments/content-id.ts'
import { canonicalDigest } from '../canonical/canonical-bytes.ts'
import { CANONICAL_FORMS, readCanonicalMethod } from '../canonical/canonical-method.ts'
import { algorithmOf } from '../message/read-element.ts'
import { ATTACHMENT_COMPLETE_TRANSFORM, ATTACHMENT_CONTENT_TRANSFORM, STR_TRANSFORM } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { Covered } from '../security-results.ts'
import type { Verification } from '../verification.ts'
import { isSame } from './signature-algorithm.ts'
import type { ReadReference } from './signed-info.ts'
import { dereferencedToken } from './str-transform.ts'

/** Compares the digest of what a reference leads to, and tells what that is. Throws a SecurityFailure. */
export function verifyReference(verification: Verification, reference: ReadReference): Covered {
  const [transform] = reference.transforms
  const name = transform === undefined ? undefined : algorithmOf(transform)
  if (name === ATTACHMENT_CONTENT_TRANSFORM || name === ATTACHMENT_COMPLETE_TRANSFORM)
    return verifyAttachment(verification, reference, name === ATTACHMENT_COMPLETE_TRANSFORM)
  const element = verification.ids.find(reference.uri)
  if (transform !== undefined && name === STR_TRANSFORM) {
    requireOne(reference)
    const { node, form, options, token } = dereferencedToken(verification, element, transform)
    compare(verification, reference, form, options)
    return { node, token }
  }
  compare(verification, reference, element, canonicalOptions(verification, reference))
  return { node: element }
}

function compare(
  verification: Verification,
  reference: ReadReference,
  node: XmlElement,
  options: CanonicalOptions,
): void {
  const actual = canonicalDigest(node, options, reference.hash, verification.budget)
  if (isSame(actual, reference.digest)) return
  throw wrong(reference, actual, () => canonicalXml(node, options))
}

function wrong(reference: ReadReference, actual: Buffer, canonical?: () => string): SecurityFailure {
  return new SecurityFailure(
    'digest-wrong',
    `the digest of ${JSON.stringify(reference.uri?.slice(0, 80))} does not fit`,
    {
      evidence: {
        canonical,
        reference: reference.uri,
        expected: reference.digest.toString('base64'),
        actual: actual.toString('base64'),
      },
    },
  )
}

/** One canonicalisation. COMPAT repeated-canonicalisation: where leniency is asked for, the same one may come twice, or none. */
function canonicalOptions({ plan }: Verification, { transforms }: ReadReference): CanonicalOptions {
  for (const transform of transforms) {
    const algorithm = algorithmOf(transform)
    if (!CANONICAL_FORMS.has(algorithm)) throw new SecurityFailure('transform-refused', `transform ${algorithm}`)
  }
  const last = transforms.at(-1)
  const most = plan.lenient ? 2 : 1
  if (transforms.length > most) throw new SecurityFailure('transform-refused', `${transforms.length} transforms`)
  if (last === undefined) {
    if (plan.lenient) return { form: 'inclusive' }
    throw new SecurityFailure('transform-refused', 'a reference without a transform')
  }
  return readCanonicalMethod(last, plan.algorithms.canonicalization)
}

function requireOne({ transforms }: ReadReference): void {
  if (transforms.length !== 1) throw new SecurityFailure('transform-refused', `${transforms.length} transforms`)
}

function verifyAttachment(verification: Verification, reference: ReadReference, complete: boolean): Covered {
  requireOne(reference)
  if (!verification.plan.attachments)
    throw new SecurityFailure('transform-refused', 'signed attachments are not accepted')
  const { id, part } = attachmentOf(verification, reference.uri)
  const actual = attachmentDigest(part, complete, reference.hash)
  if (!isSame(actual, reference.digest)) throw wrong(reference, actual)
  return { node: undefined, attachment: id, complete }
}

function attachmentOf({ attachments }: Verification, uri: string | undefined) {
  const id = contentIdOf(uri)
  const part = attachments.get(id)
  if (part === undefined) throw new SecurityFailure('reference-unresolved', 'the message has no such attachment')
  return { id, part }
}
