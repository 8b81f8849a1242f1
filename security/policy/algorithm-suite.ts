import { CXF_POLICY, isSecurityPolicy } from './names.ts'

/** What an algorithm suite of WS-SecurityPolicy (1.3 section 6.1) names, as algorithm identifiers. The first of a list is written, all are read. */
export interface AlgorithmSuite {
  readonly name: string
  readonly digest: readonly string[]
  readonly symmetricSignature: readonly string[]
  readonly asymmetricSignature: readonly string[]
  readonly encryption: readonly string[]
  readonly keyWrap: readonly string[]
  readonly keyTransport: readonly string[]
  /** Bytes of a symmetric key, and of keys derived for encryption and signature. */
  readonly keyLength: number
  readonly derivedEncryptionLength: number
  readonly derivedSignatureLength: number
}

const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
const XENC = 'http://www.w3.org/2001/04/xmlenc#'
const XENC11 = 'http://www.w3.org/2009/xmlenc11#'

const SHA1 = `${DSIG}sha1`
const SHA256 = `${XENC}sha256`
const RSA_SHA1 = `${DSIG}rsa-sha1`
const HMAC_SHA1 = `${DSIG}hmac-sha1`
/** Signatures with SHA-2; which of them a key can make depends on its kind. */
const STRONG_SIGNATURES = [
  `${MORE}rsa-sha256`,
  `${MORE}rsa-sha384`,
  `${MORE}rsa-sha512`,
  `${MORE}ecdsa-sha256`,
  `${MORE}ecdsa-sha384`,
  `${MORE}ecdsa-sha512`,
]
const PSS = [`${MORE_2007}sha256-rsa-MGF1`, `${MORE_2007}sha384-rsa-MGF1`, `${MORE_2007}sha512-rsa-MGF1`]
const STRONG_DIGESTS = [SHA256, `${MORE}sha384`, `${XENC}sha512`]
const OAEP = [`${XENC}rsa-oaep-mgf1p`, `${XENC11}rsa-oaep`]
const RSA_15 = `${XENC}rsa-1_5`

interface Cipher {
  readonly name: string
  readonly wrap: string
  readonly keyLength: number
  readonly derivedSignatureLength: number
}

const CIPHERS: ReadonlyMap<string, Cipher> = new Map([
  ['Basic256', { name: 'aes256', wrap: 'kw-aes256', keyLength: 32, derivedSignatureLength: 24 }],
  ['Basic192', { name: 'aes192', wrap: 'kw-aes192', keyLength: 24, derivedSignatureLength: 24 }],
  ['Basic128', { name: 'aes128', wrap: 'kw-aes128', keyLength: 16, derivedSignatureLength: 16 }],
  ['TripleDes', { name: 'tripledes', wrap: 'kw-tripledes', keyLength: 24, derivedSignatureLength: 24 }],
])

const NAME = /^(Basic256|Basic192|Basic128|TripleDes)(GCM|Gcm)?(Sha256)?(?:Mgf?Sha256)?(Rsa15)?$/

/** The suite that an assertion inside sp:AlgorithmSuite names; undefined when there is no such suite. */
export function algorithmSuite(name: string, namespace: string): AlgorithmSuite | undefined {
  const match = NAME.exec(name)
  const cipher = CIPHERS.get(match?.[1] ?? '')
  if (match === null || cipher === undefined) return undefined
  const gcm = match[2] !== undefined
  if (gcm ? cipher.name === 'tripledes' : !isSecurityPolicy(namespace) && namespace !== CXF_POLICY) return undefined
  const strong = gcm || match[3] !== undefined
  const legacy = match[4] !== undefined
  const mode = gcm ? `${XENC11}${cipher.name}-gcm` : `${XENC}${cipher.name}-cbc`
  return {
    name,
    digest: strong ? STRONG_DIGESTS : [SHA1],
    symmetricSignature: gcm
      ? [`${MORE}hmac-sha256`, HMAC_SHA1]
      : [HMAC_SHA1, ...(strong ? [`${MORE}hmac-sha256`] : [])],
    // COMPAT sha256-suite-signature: the specification keeps RSA-SHA1 in the …Sha256 suites, Rampart writes RSA-SHA256; both are read.
    asymmetricSignature: gcm ? [...STRONG_SIGNATURES, ...PSS] : strong ? [...STRONG_SIGNATURES, RSA_SHA1] : [RSA_SHA1],
    encryption: [mode],
    keyWrap: [`${XENC}${cipher.wrap}`],
    keyTransport: legacy ? [RSA_15] : OAEP,
    keyLength: cipher.keyLength,
    derivedEncryptionLength: cipher.keyLength,
    derivedSignatureLength: cipher.derivedSignatureLength,
  }
}

/** Names for diagnostics: what could have been meant. */
export const SUITE_NAMES: readonly string[] = [...CIPHERS.keys()].flatMap((cipher) => [
  cipher,
  `${cipher}Rsa15`,
  `${cipher}Sha256`,
  `${cipher}Sha256Rsa15`,
])

/** The rest of what sp:AlgorithmSuite may hold. Inclusive canonicalisation is honoured; the others say what is so anyway. */
export const SUITE_OPTIONS: ReadonlySet<string> = new Set([
  'InclusiveC14N',
  'InclusiveC14N11',
  'SOAPNormalization10',
  'STRTransform10',
  'XPath10',
  'XPathFilter20',
  'AbsXPath',
])
