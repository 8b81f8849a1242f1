import type { XmlElement } from 'viaduct'
import type { SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'

/** What verification proved, for people: a line for each thing. */
export function describeResults(results: SecurityResults): string[] {
  const { timestamp, tokens, signatures, decryptions, confirmations, leftover } = results
  const lines: string[] = []
  if (results.security === undefined) lines.push('there is no Security header')
  if (timestamp !== undefined) {
    const expires =
      timestamp.expires === undefined ? 'without end' : `until ${new Date(timestamp.expires).toISOString()}`
    lines.push(`Timestamp: created ${new Date(timestamp.created).toISOString()}, ${expires}`)
  }
  for (const token of tokens)
    if (token.kind === 'username')
      lines.push(`UsernameToken: ${token.principal ?? ''}, password ${token.password ?? 'none'}`)
  for (const signature of signatures) lines.push(describeSignature(signature, results))
  for (const { kind, node, token, algorithm } of decryptions)
    lines.push(`decrypted: ${kind} of ${nameOf(node)}, ${shortened(algorithm)}, with ${describeToken(token)}`)
  if (confirmations.length > 0) lines.push(`${confirmations.length} signature confirmations`)
  if (leftover.length > 0) lines.push(`${leftover.length} EncryptedData that nothing decrypts`)
  return lines
}

function describeSignature({ token, algorithm, covered }: VerifiedSignature, { body }: SecurityResults): string {
  const parts = covered.map(({ node, attachment }) =>
    attachment !== undefined ? `attachment ${attachment}` : node === body ? 'Body' : nameOf(node),
  )
  return `signature: good, ${shortened(algorithm)}, by ${describeToken(token)}, over ${parts.join(', ')}`
}

function describeToken({ kind, certificates, principal, source }: SecurityToken): string {
  const [certificate] = certificates ?? []
  if (certificate !== undefined) return `the certificate ${certificate.subject.replaceAll('\n', ',')}`
  if (kind === 'derived-key' && source !== undefined) return `a key derived from ${describeToken(source)}`
  return principal === undefined ? `${kind} token` : `${kind} token of ${principal}`
}

const nameOf = (element: XmlElement | undefined): string => element?.name ?? 'a token outside of the message'

const shortened = (algorithm: string): string => algorithm.replace(/^.*[#/]/, '')
