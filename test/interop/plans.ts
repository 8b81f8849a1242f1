import type { KeyIdentity } from '../../security/key-material.ts'
import { DSIG, DSIG_MORE, EXC_C14N, XENC, XENC11 } from '../../security/names.ts'
import type {
  CertificateReference,
  EncryptedKeyStep,
  EncryptionStep,
  ProtectStep,
  SignatureStep,
  TimestampStep,
  UsernameTokenStep,
} from '../../security/plan.ts'

/** A message that we write and what the kit's verifier is told to demand of it. */
export interface WrittenMessage {
  readonly name: string
  readonly options: string
  readonly steps: readonly ProtectStep[]
}

const ADDRESSING = 'http://www.w3.org/2005/08/addressing'
const OAEP = { algorithm: `${XENC}rsa-oaep-mgf1p` } as const
const timestamp: TimestampStep = { step: 'timestamp', ttl: 300, milliseconds: true, position: 'first' }
const BODY = { part: 'body' } as const
const BOTH = [BODY, { part: 'timestamp' }] as const

/** One message of every kind that we can write, for the kit's keys. */
export function writtenMessages(client: KeyIdentity, server: KeyIdentity, curve: KeyIdentity): WrittenMessage[] {
  const [recipient] = server.chain
  const sign = (changes: Partial<SignatureStep> = {}): SignatureStep => ({
    step: 'signature',
    name: 'signature',
    key: { kind: 'identity', identity: client, reference: 'direct' },
    algorithm: `${DSIG_MORE}rsa-sha256`,
    digest: `${XENC}sha256`,
    canonicalization: EXC_C14N,
    parts: BOTH,
    protectToken: false,
    ...changes,
  })
  const mac = (name: string, changes: Partial<SignatureStep> = {}): SignatureStep =>
    sign({ key: { kind: 'named', name }, algorithm: `${DSIG}hmac-sha1`, digest: `${DSIG}sha1`, ...changes })
  const encrypt = (changes: Partial<EncryptionStep> = {}): EncryptionStep => ({
    step: 'encryption',
    key: { kind: 'fresh', recipient, reference: 'thumbprint', transport: OAEP },
    algorithm: `${XENC}aes256-cbc`,
    parts: [BODY],
    ...changes,
  })
  const secret: EncryptedKeyStep = {
    step: 'encrypted-key',
    name: 'secret',
    recipient,
    reference: 'thumbprint',
    length: 32,
    transport: OAEP,
  }
  const withSecret = { kind: 'named', name: 'secret' } as const
  const user = (changes: Partial<UsernameTokenStep> = {}): UsernameTokenStep => ({
    step: 'username-token',
    name: 'user',
    password: 'digest',
    nonce: true,
    created: true,
    ...changes,
  })
  const token = { part: 'token', name: 'user' } as const
  const hidden = { part: 'signature', name: 'signature' } as const
  const addressing = { part: 'header', namespace: ADDRESSING, name: undefined } as const
  const signedBy = (reference: CertificateReference) => ({ kind: 'identity', identity: client, reference }) as const
  const SIGNED = '--require Body,SignedTimestamp'
  const ENCRYPTED = '--require EncBody'
  const ALL = '--require Body,SignedTimestamp,EncBody'
  const message = (name: string, options: string, ...steps: readonly ProtectStep[]): WrittenMessage => ({
    name,
    options,
    steps,
  })

  return [
    message('timestamp', '--require Timestamp', timestamp),
    ...(['direct', 'issuer-serial', 'key-identifier', 'thumbprint', 'certificate', 'pkipath'] as const).flatMap(
      (reference) => [
        message(`signed, ${reference}`, SIGNED, timestamp, sign({ key: signedBy(reference) })),
        message(
          `token signed, ${reference}`,
          SIGNED,
          timestamp,
          sign({ key: signedBy(reference), protectToken: true }),
        ),
      ],
    ),
    message('signed, RSA-SHA1', SIGNED, timestamp, sign({ algorithm: `${DSIG}rsa-sha1`, digest: `${DSIG}sha1` })),
    message(
      'signed, RSA-SHA512',
      SIGNED,
      timestamp,
      sign({ algorithm: `${DSIG_MORE}rsa-sha512`, digest: `${XENC}sha512` }),
    ),
    message(
      'signed, ECDSA',
      SIGNED,
      timestamp,
      sign({ key: { kind: 'identity', identity: curve, reference: 'direct' }, algorithm: `${DSIG_MORE}ecdsa-sha256` }),
    ),
    message(
      'signed, inclusive canonicalisation',
      `--bsp 0 ${SIGNED}`,
      timestamp,
      sign({ canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' }),
    ),
    message(
      'signed headers',
      `${SIGNED},SignedHeader={${ADDRESSING}}To`,
      timestamp,
      sign({ parts: [...BOTH, addressing] }),
    ),
    message('endorsed', SIGNED, timestamp, secret, mac('secret'), sign({ name: 'endorsing', parts: [hidden] })),
    message('user, digest', '--require UsernameToken --password-type digest', user()),
    message('user, text', '--require UsernameToken --password-type text', user({ password: 'text' })),
    message('user, no password', '--require UsernameToken', user({ password: 'none', nonce: false, created: false })),
    message(
      'user, signed',
      '--require Body,SignedUsernameToken,SignedTimestamp',
      timestamp,
      user(),
      sign({ parts: [...BOTH, token] }),
    ),
    message(
      'user, derived key',
      SIGNED,
      timestamp,
      user({ password: 'none', nonce: false, created: false, derived: { iterations: 1000, use: 'signature' } }),
      mac('user'),
    ),
    ...[
      ...['tripledes-cbc', 'aes128-cbc', 'aes192-cbc', 'aes256-cbc'].map((cipher) => XENC + cipher),
      ...['aes128-gcm', 'aes256-gcm'].map((cipher) => XENC11 + cipher),
    ].map((algorithm) => message(`encrypted, ${algorithm}`, `--bsp 0 ${ENCRYPTED}`, encrypt({ algorithm }))),
    ...(['direct', 'issuer-serial', 'key-identifier'] as const).map((reference) =>
      message(
        `encrypted, ${reference}`,
        ENCRYPTED,
        encrypt({ key: { kind: 'fresh', recipient, reference, transport: OAEP } }),
      ),
    ),
    message(
      'encrypted, OAEP with SHA-256',
      `--bsp 0 ${ENCRYPTED}`,
      encrypt({
        key: { kind: 'fresh', recipient, reference: 'thumbprint', transport: { ...OAEP, digest: `${XENC}sha256` } },
      }),
    ),
    message(
      'encrypted, RSA 1.5',
      ENCRYPTED,
      encrypt({ key: { kind: 'fresh', recipient, reference: 'direct', transport: { algorithm: `${XENC}rsa-1_5` } } }),
    ),
    message('encrypted header', ENCRYPTED, encrypt({ parts: [BODY, { ...addressing, name: 'MessageID' }] })),
    message('signed, then encrypted', ALL, timestamp, sign(), encrypt()),
    message(
      'signed, then encrypted with the signature',
      `${ALL},EncSignature`,
      timestamp,
      sign(),
      encrypt({ parts: [BODY, hidden] }),
    ),
    message('encrypted, then signed', ALL, timestamp, encrypt(), sign()),
    message(
      'encrypted, then signed, headers',
      ALL,
      timestamp,
      encrypt({ parts: [BODY, addressing] }),
      sign({ parts: [...BOTH, addressing] }),
    ),
    message(
      'encrypted, then signed, then the signature encrypted',
      ALL,
      timestamp,
      secret,
      encrypt({ key: withSecret }),
      sign(),
      encrypt({ key: withSecret, parts: [hidden] }),
    ),
    message('signed with a secret', SIGNED, timestamp, secret, mac('secret')),
    message('signed and encrypted with a secret', ALL, timestamp, secret, mac('secret'), encrypt({ key: withSecret })),
    message(
      'signed and encrypted with a secret, and a user',
      `${ALL},SignedUsernameToken`,
      timestamp,
      user({ password: 'text' }),
      secret,
      mac('secret', { parts: [...BOTH, token] }),
      encrypt({ key: withSecret, parts: [BODY, token] }),
    ),
    ...(['2005/02', '200512'] as const).map((version) =>
      message(
        `derived keys, ${version}`,
        ALL,
        timestamp,
        secret,
        { step: 'derived-key', name: 'signing', from: 'secret', length: 24, version },
        { step: 'derived-key', name: 'encrypting', from: 'secret', length: 32, version },
        mac('signing'),
        encrypt({ key: { kind: 'named', name: 'encrypting' } }),
      ),
    ),
    message(
      'signature confirmed',
      SIGNED,
      timestamp,
      { step: 'confirmation' },
      sign({ parts: [...BOTH, { part: 'confirmations' }] }),
    ),
  ]
}
