import { randomBytes, randomInt } from 'node:crypto'
import { DerError } from '../der/index.ts'
import { writeApplicationRequest, writeAuthenticator } from './application-request.ts'
import { type EncryptionType, KEY_USAGE, MOST_ITERATIONS } from './encryption-type.ts'
import { encryptionTypes } from './encryption-types.ts'
import { askKdc, type KdcAddress } from './kdc-connection.ts'
import {
  type EncryptionInfo,
  type KdcRefusal,
  type KdcReply,
  readEncryptionInfo,
  readKdcReply,
  readKdcReplyPart,
} from './kdc-reply.ts'
import {
  type KdcQuestion,
  PA,
  type PreAuthentication,
  writeKdcRequest,
  writeQuestion,
  writeTimestamp,
} from './kdc-request.ts'
import {
  type EncryptionKey,
  NAME_SERVICE,
  parsePrincipal,
  type PrincipalName,
  printPrincipal,
  sameName,
  writeEncryptedData,
} from './kerberos-types.ts'
import type { Keytab } from './keytab.ts'

/** Who asks for tickets, and where. */
export interface KerberosIdentity {
  /** `user@REALM`. */
  readonly principal: string
  readonly secret: { readonly keytab: Keytab } | { readonly password: string }
  readonly kdcs: readonly KdcAddress[]
  readonly allowRc4?: boolean | undefined
}

/** A ticket with the key that goes with it. */
export interface HeldTicket {
  readonly ticket: Buffer
  readonly key: EncryptionKey
  readonly client: PrincipalName
  readonly realm: string
  readonly service: string
  /** Milliseconds since the epoch. */
  readonly ends: number
}

/** A KDC refused, or answered something else than was asked. */
export class KerberosError extends Error {
  override readonly name = 'KerberosError'
}

const PREAUTHENTICATION_REQUIRED = 25
const LIFETIME = 10 * 3_600_000
/** A ticket must not end on its way. */
const MARGIN = 60_000
const MOST_TICKETS = 100

/** Fetches tickets for services (RFC 4120, sections 3.1 and 3.3) and keeps them until they end. */
export class KerberosClient {
  readonly #identity: KerberosIdentity
  readonly #name: PrincipalName
  readonly #realm: string
  readonly #types: readonly EncryptionType[]
  readonly #tickets = new Map<string, { readonly ticket: Promise<HeldTicket>; ends: number }>()

  /** Throws a {@link KerberosError} for a principal without a realm. */
  constructor(identity: KerberosIdentity) {
    const { name, realm } = parsePrincipal(identity.principal) ?? {}
    if (name === undefined || realm === undefined)
      throw new KerberosError(`"${identity.principal}" is no principal with a realm`)
    this.#identity = identity
    this.#name = name
    this.#realm = realm
    this.#types = encryptionTypes(identity.allowRc4)
  }

  /** A ticket for a service, `HTTP/host`, of our realm. Rejects with a {@link KerberosError} or KdcUnreachable. */
  ticketFor(service: string, now: number): Promise<HeldTicket> {
    const parsed = parsePrincipal(service)
    if (parsed === undefined) return Promise.reject(new KerberosError(`"${service}" is no principal`))
    return this.#kept(service, now, async () =>
      this.#forService({ ...parsed.name, type: NAME_SERVICE }, await this.#forTickets(now), now),
    )
  }

  #forTickets(now: number): Promise<HeldTicket> {
    return this.#kept('', now, () => this.#authenticate(now))
  }

  /** One request for each ticket, however many wait; failures are not kept. */
  #kept(name: string, now: number, fetch: () => Promise<HeldTicket>): Promise<HeldTicket> {
    const known = this.#tickets.get(name)
    if (known !== undefined && now < known.ends - MARGIN) return known.ticket
    const entry = { ticket: fetch(), ends: Number.POSITIVE_INFINITY }
    this.#tickets.set(name, entry)
    const [oldest] = this.#tickets.keys()
    if (this.#tickets.size > MOST_TICKETS && oldest !== undefined) this.#tickets.delete(oldest)
    entry.ticket.then(
      ({ ends }) => {
        entry.ends = ends
      },
      () => {
        if (this.#tickets.get(name) === entry) this.#tickets.delete(name)
      },
    )
    return entry.ticket
  }

  async #authenticate(now: number): Promise<HeldTicket> {
    const service: PrincipalName = { type: NAME_SERVICE, parts: ['krbtgt', this.#realm] }
    const question = this.#question(this.#name, service, now)
    const first = await this.#exchange(writeKdcRequest('authentication', writeQuestion(question), []))
    if (!('code' in first))
      return this.#opened(
        first,
        question,
        this.#ownKey(first.part.etype, readEncryptionInfo(first.proofs)),
        KEY_USAGE.authenticationReply,
      )
    if (first.code !== PREAUTHENTICATION_REQUIRED) throw refused(first)
    const infos = readEncryptionInfo(first.proofs)
    const key = this.#chosenKey(infos)
    const proof: PreAuthentication = {
      type: PA.encryptedTimestamp,
      value: this.#sealed(key, KEY_USAGE.encryptedTimestamp, writeTimestamp(now)),
    }
    const reply = await this.#exchange(writeKdcRequest('authentication', writeQuestion(question), [proof]))
    if ('code' in reply) throw refused(reply)
    return this.#opened(
      reply,
      question,
      key.etype === reply.part.etype ? key : this.#ownKey(reply.part.etype, infos),
      KEY_USAGE.authenticationReply,
    )
  }

  async #forService(service: PrincipalName, granting: HeldTicket, now: number): Promise<HeldTicket> {
    const question = this.#question(undefined, service, now)
    const body = writeQuestion(question)
    const checksum = {
      type: this.#typeOf(granting.key.etype).checksumType,
      value: this.#typeOf(granting.key.etype).checksum(granting.key.value, KEY_USAGE.ticketRequestChecksum, body),
    }
    const authenticator = writeAuthenticator({
      realm: granting.realm,
      client: granting.client,
      checksum,
      microseconds: (now % 1000) * 1000,
      time: now,
      subkey: undefined,
    })
    const { etype, value } = granting.key
    const sealed = {
      etype,
      kvno: undefined,
      cipher: this.#encrypt(etype, value, KEY_USAGE.ticketRequestAuthenticator, authenticator),
    }
    const proof: PreAuthentication = { type: PA.ticketRequest, value: writeApplicationRequest(granting.ticket, sealed) }
    const reply = await this.#exchange(writeKdcRequest('ticket', body, [proof]))
    if ('code' in reply) throw refused(reply)
    return this.#opened(reply, question, granting.key, KEY_USAGE.ticketReply)
  }

  #question(client: PrincipalName | undefined, service: PrincipalName, now: number): KdcQuestion {
    const types = this.#types.filter(
      ({ id }) => 'password' in this.#identity.secret || this.#keytabKey(id) !== undefined || client === undefined,
    )
    return {
      client,
      realm: this.#realm,
      service,
      until: now + LIFETIME,
      nonce: randomInt(2 ** 31 - 1),
      types: types.map(({ id }) => id),
    }
  }

  async #exchange(request: Buffer): Promise<KdcReply | KdcRefusal> {
    const answer = await askKdc(request, this.#identity.kdcs)
    return understood(() => readKdcReply(answer))
  }

  #opened(reply: KdcReply, question: KdcQuestion, key: EncryptionKey, usage: number): HeldTicket {
    const part = understood(() =>
      readKdcReplyPart(this.#typeOf(reply.part.etype).decrypt(key.value, usage, reply.part.cipher)),
    )
    const right =
      part.nonce === question.nonce &&
      part.realm === this.#realm &&
      sameName(part.service, question.service) &&
      sameName(reply.client, this.#name)
    if (!right) throw new KerberosError('the KDC answered something that was not asked')
    return {
      ticket: reply.ticket,
      key: part.key,
      client: reply.client,
      realm: reply.realm,
      service: printPrincipal(part.service, part.realm),
      ends: part.ends,
    }
  }

  #keytabKey(etype: number): EncryptionKey | undefined {
    const { secret } = this.#identity
    return 'keytab' in secret ? secret.keytab.find(this.#name, this.#realm, etype, undefined)[0] : undefined
  }

  /** The strongest type that the KDC offers and there is a key for. */
  #chosenKey(infos: readonly EncryptionInfo[]): EncryptionKey {
    const offered = this.#types.filter(({ id }) => infos.length === 0 || infos.some(({ etype }) => etype === id))
    const type = offered.find(
      ({ id, fromPassword }) =>
        ('password' in this.#identity.secret ? fromPassword : this.#keytabKey(id)) !== undefined,
    )
    if (type === undefined) throw new KerberosError('the KDC offers no encryption type that there is a key for')
    return this.#ownKey(type.id, infos)
  }

  #ownKey(etype: number, infos: readonly EncryptionInfo[]): EncryptionKey {
    const { secret } = this.#identity
    const type = this.#typeOf(etype)
    const key = this.#keytabKey(etype)
    if (key !== undefined) return key
    if (!('password' in secret) || type.fromPassword === undefined)
      throw new KerberosError(`there is no key of type ${type.name} for ${this.#identity.principal}`)
    const info = infos.find((each) => each.etype === etype)
    const iterations = info?.iterations
    if (iterations !== undefined && (iterations < 1 || iterations > MOST_ITERATIONS))
      throw new KerberosError('the KDC asks for too many iterations')
    const salt = info?.salt ?? Buffer.from(this.#realm + this.#name.parts.join(''))
    return { etype, value: type.fromPassword(secret.password, salt, iterations) }
  }

  #typeOf(id: number): EncryptionType {
    const type = this.#types.find((each) => each.id === id)
    if (type === undefined) throw new KerberosError(`the KDC uses the encryption type ${id}, which is not allowed`)
    return type
  }

  #encrypt(etype: number, key: Buffer, usage: number, plain: Buffer): Buffer {
    const type = this.#typeOf(etype)
    return type.encrypt(key, usage, plain, randomBytes(type.confounderLength))
  }

  #sealed({ etype, value }: EncryptionKey, usage: number, plain: Buffer): Buffer {
    return writeEncryptedData({ etype, kvno: undefined, cipher: this.#encrypt(etype, value, usage, plain) })
  }
}

/** Reasons of KDCs that users meet (RFC 4120, section 7.5.9). */
const REASONS = new Map([
  [6, 'the client is not known'],
  [7, 'the service is not known'],
  [14, 'no encryption type is supported by both sides'],
  [18, 'the account is locked'],
  [23, 'the password has expired'],
  [24, 'the password or key is wrong'],
  [37, 'the clocks are too far apart'],
])

const refused = ({ code, text }: KdcRefusal): KerberosError =>
  new KerberosError(`the KDC refuses: ${REASONS.get(code) ?? text ?? 'unknown reason'} (error ${code})`)

function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof KerberosError) throw cause
    throw new KerberosError(
      cause instanceof DerError
        ? `the answer of the KDC cannot be read: ${cause.message}`
        : 'the answer of the KDC cannot be decrypted: the password or key is wrong',
      { cause },
    )
  }
}
