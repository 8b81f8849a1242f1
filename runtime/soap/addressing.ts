import type { MessageContext } from '../context.ts'
import { parameterOf } from '../formats/media-type.ts'
import { ANONYMOUS, type AddressingHeaders, readAddressing, WSA_HINT } from './ws-addressing.ts'

type Field = keyof AddressingHeaders

/**
 * To, Action, ReplyTo … of one message. A value that a flow has set wins; else HTTP says it (request target, SOAPAction, the
 * action parameter of the Content-Type), else the WS-Addressing headers, which are looked at only when somebody asks and
 * only in a message that is in memory (language reference 1.1).
 */
export class Addressing {
  readonly #ctx: MessageContext
  /** Null: removed by a flow, so that no derived value shows through. */
  #own: { [F in Field]?: string | null } | undefined
  #read: AddressingHeaders | undefined
  #readFrom: unknown

  constructor(ctx: MessageContext) {
    this.#ctx = ctx
  }

  get to(): string | undefined {
    const own = this.#own?.to
    if (own !== undefined) return own ?? undefined
    return this.#header('to') ?? (this.#ctx.response ? ANONYMOUS.final : this.#ctx.exchange.arrival.target)
  }

  set to(value: string | undefined) {
    this.#set('to', value)
  }

  /** SOAPAction without quotes, or wsa:Action. */
  get action(): string | undefined {
    const own = this.#own?.action
    if (own !== undefined) return own ?? undefined
    const { headers, contentType } = this.#ctx.message
    return unquoted(headers.get('SOAPAction')) ?? actionParameter(contentType) ?? this.#header('action')
  }

  set action(value: string | undefined) {
    this.#set('action', value)
  }

  get replyTo(): string | undefined {
    return this.#value('replyTo')
  }

  set replyTo(value: string | undefined) {
    this.#set('replyTo', value)
  }

  get from(): string | undefined {
    return this.#value('from')
  }

  set from(value: string | undefined) {
    this.#set('from', value)
  }

  get faultTo(): string | undefined {
    return this.#value('faultTo')
  }

  set faultTo(value: string | undefined) {
    this.#set('faultTo', value)
  }

  get relatesTo(): string | undefined {
    return this.#value('relatesTo')
  }

  set relatesTo(value: string | undefined) {
    this.#set('relatesTo', value)
  }

  /** `urn:uuid:…`, made here when the message has none. */
  get messageId(): string {
    const known = this.#own?.messageId ?? this.#header('messageId')
    if (known !== undefined) return known
    const made = `urn:uuid:${this.#ctx.services.platform.uuid()}`
    ;(this.#own ??= {}).messageId = made
    return made
  }

  set messageId(value: string | undefined) {
    this.#set('messageId', value)
  }

  /** A flow has set (or removed) the action, so that SOAPAction must be written again. */
  get actionChanged(): boolean {
    return this.#own?.action !== undefined
  }

  /** What a flow itself has set, without derived values. */
  get own(): AddressingHeaders {
    const own: AddressingHeaders = {}
    for (const [field, value] of Object.entries(this.#own ?? {})) if (value !== null) own[field as Field] = value
    return own
  }

  /** The same values for a copy of the message, which has an identity of its own. */
  copyFor(ctx: MessageContext): Addressing {
    const copy = new Addressing(ctx)
    if (this.#own !== undefined) {
      copy.#own = { ...this.#own }
      delete copy.#own.messageId
    }
    return copy
  }

  #value(field: Field): string | undefined {
    const own = this.#own?.[field]
    return own === undefined ? this.#header(field) : (own ?? undefined)
  }

  #set(field: Field, value: string | undefined): void {
    ;(this.#own ??= {})[field] = value ?? null
  }

  /** Kept per message: a header that a flow removes from the envelope afterwards has been processed by then, as upstream. */
  #header(field: Field): string | undefined {
    const { message } = this.#ctx
    if (this.#read === undefined || this.#readFrom !== message) {
      if (!message.built) return undefined
      this.#readFrom = message
      this.#read = message.mentions(WSA_HINT) ? readAddressing(message.tree) : NOTHING
    }
    const value = this.#read[field]
    return value === '' ? undefined : value
  }
}

const NOTHING: AddressingHeaders = {}

function unquoted(action: string | undefined): string | undefined {
  if (action === undefined) return undefined
  const text = action.trim()
  const bare = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
  return bare === '' || bare === '""' ? undefined : bare
}

/** The `action` parameter of a SOAP 1.2 Content-Type (RFC 3902). */
export function actionParameter(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !contentType.includes('action')) return undefined
  const action = parameterOf(contentType, 'action')
  return action === '' ? undefined : action
}

/** An action is a URI; quotes and line breaks in it would end the header field. */
export const printableAction = (action: string): string => action.replaceAll(/["\r\n\\]/g, '')
