import { spanOf } from 'viaduct'
import { RAMPART_POLICY } from './names.ts'
import type { Assertion } from './normalize.ts'
import type { SupportingTokens } from './policy-model.ts'
import { readSuite } from './read-binding.ts'
import { isProtection, readProtection } from './read-parts.ts'
import { isToken, readToken, TOKEN_NAMES, type TokenReading } from './read-token.ts'
import { nestedAssertion } from './reader.ts'

/** SupportingTokens in front of which `Signed`, `Endorsing` and `Encrypted` may stand, in either order. */
const NAME = /^(?:Signed|Endorsing|Encrypted)*SupportingTokens$/

export const isSupporting = ({ name }: Assertion): boolean => NAME.test(name)

/** Tokens that accompany those of the binding (WS-SecurityPolicy 1.3 section 8). */
export function readSupporting(assertion: Assertion, reading: TokenReading): SupportingTokens {
  const { name, nested = [], element } = assertion
  const tokens = nested.filter(isToken)
  const strange = nested.filter((each) => !mayBeInside(each))
  for (const each of strange) reading.reports.unknown(each, `<${name}>`, TOKEN_NAMES)
  if (tokens.length === 0 && strange.length === 0)
    reading.reports.at(assertion, 'element-missing', `<${name}> holds no token`)
  return {
    ...readProtection(nested, reading.reports),
    tokens: tokens.flatMap((each) => readToken(each, reading) ?? []),
    signedToken: name.includes('Signed'),
    endorsing: name.includes('Endorsing'),
    encryptedToken: name.includes('Encrypted'),
    suite: nestedAssertion(assertion, 'AlgorithmSuite') && readSuite(assertion, reading)?.suite,
    at: spanOf(element),
  }
}

const mayBeInside = (assertion: Assertion): boolean =>
  isToken(assertion) ||
  isProtection(assertion) ||
  assertion.name === 'AlgorithmSuite' ||
  assertion.namespace === RAMPART_POLICY
