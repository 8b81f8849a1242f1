import { DSIG, DSIG_MORE, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'

/** Hash functions of node:crypto by algorithm identifier. */
export const DIGESTS: ReadonlyMap<string, string> = new Map([
  [`${DSIG}sha1`, 'sha1'],
  [`${DSIG_MORE}sha224`, 'sha224'],
  [`${XENC}sha256`, 'sha256'],
  [`${DSIG_MORE}sha384`, 'sha384'],
  [`${XENC}sha512`, 'sha512'],
])

/** The hash function of an algorithm that is allowed. Throws a SecurityFailure. */
export function hashOf(algorithm: string, allowed: ReadonlySet<string>): string {
  const hash = DIGESTS.get(algorithm)
  if (hash === undefined || !allowed.has(algorithm))
    throw new SecurityFailure('algorithm-refused', `digest ${algorithm}`)
  return hash
}
