import { didYouMean, spanOf } from 'viaduct'
import { algorithmSuite, type AlgorithmSuite, SUITE_NAMES, SUITE_OPTIONS } from './algorithm-suite.ts'
import type { Assertion } from './normalize.ts'
import type { Binding, PolicyToken } from './policy-model.ts'
import { nestedAssertion, optionsOf } from './reader.ts'
import { readToken, type TokenReading } from './read-token.ts'

const COMMON = ['AlgorithmSuite', 'Layout', 'IncludeTimestamp']
const MESSAGE = [
  ...COMMON,
  'EncryptBeforeSigning',
  'SignBeforeEncrypting',
  'EncryptSignature',
  'ProtectTokens',
  'OnlySignEntireHeadersAndBody',
]
const ASYMMETRIC_TOKENS = [
  'InitiatorToken',
  'InitiatorSignatureToken',
  'InitiatorEncryptionToken',
  'RecipientToken',
  'RecipientSignatureToken',
  'RecipientEncryptionToken',
]
const SYMMETRIC_TOKENS = ['ProtectionToken', 'SignatureToken', 'EncryptionToken']

/** What each binding may hold. */
const BINDINGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['TransportBinding', [...COMMON, 'TransportToken']],
  ['AsymmetricBinding', [...MESSAGE, ...ASYMMETRIC_TOKENS]],
  ['SymmetricBinding', [...MESSAGE, ...SYMMETRIC_TOKENS]],
])

export const isBinding = ({ name }: Assertion): boolean => BINDINGS.has(name)

/** Reads a binding; undefined when it has no algorithm suite, which is reported. */
export function readBinding(assertion: Assertion, reading: TokenReading): Binding | undefined {
  const options = optionsOf(assertion, BINDINGS.get(assertion.name) ?? [], reading.reports)
  const suite = readSuite(assertion, reading)
  if (suite === undefined) return undefined
  const core = {
    ...suite,
    layout: layoutOf(assertion, reading),
    timestamp: options.has('IncludeTimestamp'),
    at: spanOf(assertion.element),
  }
  const token = (place: string): PolicyToken | undefined => tokenIn(assertion, place, reading)
  if (assertion.name === 'TransportBinding') {
    const https = token('TransportToken')
    if (https !== undefined && https.kind !== 'https')
      reading.reports.at(assertion, 'constraint-violated', '<TransportToken> holds an <HttpsToken>')
    return { ...core, kind: 'transport', token: https?.kind === 'https' ? https : undefined }
  }
  const message = {
    ...core,
    encryptFirst: options.has('EncryptBeforeSigning'),
    encryptSignature: options.has('EncryptSignature'),
    protectTokens: options.has('ProtectTokens'),
    entireHeadersAndBody: options.has('OnlySignEntireHeadersAndBody'),
  }
  if (assertion.name === 'SymmetricBinding') {
    const protection = token('ProtectionToken')
    return {
      ...message,
      kind: 'symmetric',
      signature: token('SignatureToken') ?? protection,
      encryption: token('EncryptionToken') ?? protection,
    }
  }
  const initiator = token('InitiatorToken')
  const recipient = token('RecipientToken')
  return {
    ...message,
    kind: 'asymmetric',
    initiatorSignature: token('InitiatorSignatureToken') ?? initiator,
    initiatorEncryption: token('InitiatorEncryptionToken') ?? initiator,
    recipientSignature: token('RecipientSignatureToken') ?? recipient,
    recipientEncryption: token('RecipientEncryptionToken') ?? recipient,
  }
}

/** The token in a place of the binding; the same place gives the same token. */
function tokenIn(binding: Assertion, name: string, reading: TokenReading): PolicyToken | undefined {
  const place = nestedAssertion(binding, name)
  if (place === undefined) return undefined
  const [inside] = place.nested ?? []
  if (inside !== undefined) return readToken(inside, reading)
  reading.reports.at(place, 'element-missing', `<${name}> holds no token`)
  return undefined
}

/** Reads the sp:AlgorithmSuite of a binding or of supporting tokens. */
export function readSuite(
  assertion: Assertion,
  { reports }: TokenReading,
): { readonly suite: AlgorithmSuite; readonly inclusiveC14n: boolean } | undefined {
  const place = nestedAssertion(assertion, 'AlgorithmSuite')
  if (place === undefined) {
    reports.at(assertion, 'element-missing', `<${assertion.name}> needs an <AlgorithmSuite>`)
    return undefined
  }
  let suite: AlgorithmSuite | undefined
  let inclusiveC14n = false
  for (const option of place.nested ?? []) {
    if (option.name === 'InclusiveC14N') inclusiveC14n = true
    if (SUITE_OPTIONS.has(option.name)) continue
    const named = algorithmSuite(option.name, option.namespace)
    if (named === undefined)
      reports.at(
        option,
        'element-unknown',
        `<${option.name}> is no algorithm suite${didYouMean(option.name, SUITE_NAMES)}`,
      )
    suite ??= named
  }
  if (suite === undefined && (place.nested ?? []).every(({ name }) => SUITE_OPTIONS.has(name)))
    reports.at(place, 'element-missing', '<AlgorithmSuite> names no suite, such as <sp:Basic256Sha256/>')
  return suite && { suite, inclusiveC14n }
}

const LAYOUTS = ['Strict', 'Lax', 'LaxTsFirst', 'LaxTsLast'] as const

/** Rampart calls two of the layouts by longer names. */
const LAYOUT_NAMES: ReadonlyMap<string, Binding['layout']> = new Map([
  ...LAYOUTS.map((layout) => [layout, layout] as const),
  ['LaxTimestampFirst', 'LaxTsFirst'],
  ['LaxTimestampLast', 'LaxTsLast'],
])

function layoutOf(assertion: Assertion, { reports }: TokenReading): Binding['layout'] {
  const place = nestedAssertion(assertion, 'Layout')
  if (place === undefined) return 'Lax'
  const [name = 'Lax'] = optionsOf(place, LAYOUT_NAMES.keys(), reports)
  return LAYOUT_NAMES.get(name) ?? 'Lax'
}
