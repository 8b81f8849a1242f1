import type { MessageContext } from './context.ts'
import { derivedProperty } from './derived-properties.ts'

/** Scopes that can be written. `registry`, `env`, `file` and `func` are read through expressions only. */
export type Scope = 'default' | 'axis2' | 'axis2-client' | 'transport' | 'operation' | 'system' | 'analytics' | 'trace'

export type PropertyType<T> = (value: unknown) => T | undefined

/** A property that the engine itself reads or writes. Configurations may use any other name freely. */
export interface Property<T> {
  readonly name: string
  readonly scope: Scope
  readonly doc: string
  readonly type: PropertyType<T>
}

export const property = <T>(name: string, scope: Scope, type: PropertyType<T>, doc: string): Property<T> => ({
  name,
  scope,
  doc,
  type,
})

const asText = (value: unknown): string => String(value)

/** Types of catalogued properties: text written by a configuration is converted, both `"true"` and `true` are true. */
export const flag: PropertyType<boolean> = (value) =>
  value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
export const words: PropertyType<string> = (value) =>
  value === undefined || value === null ? undefined : asText(value)
export const whole: PropertyType<number> = (value) => {
  const number = typeof value === 'number' ? value : Number.parseInt(asText(value), 10)
  return Number.isSafeInteger(number) ? number : undefined
}

/** The properties of one message in all scopes (language reference 1.1). Maps are made on first write. */
export class Properties {
  readonly #ctx: MessageContext
  #default: Map<string, unknown> | undefined
  #axis2: Map<string, unknown> | undefined
  #client: Map<string, unknown> | undefined
  #analytics: Map<string, unknown> | undefined

  constructor(ctx: MessageContext) {
    this.#ctx = ctx
  }

  get(scope: Scope, name: string): unknown {
    switch (scope) {
      case 'default':
        return this.#default?.get(name) ?? derivedProperty('default', name, this.#ctx)
      case 'axis2':
        return this.#axis2Value(name)
      case 'axis2-client':
        return this.#client?.get(name)
      case 'transport':
        return this.#ctx.message.headers.get(name)
      case 'operation':
        return this.#ctx.exchange.operation.get(name)
      case 'system':
        return this.#ctx.services.system.get(name)
      case 'analytics':
        return this.#analytics?.get(name)
      case 'trace':
        return undefined
    }
  }

  /** Sets a value; null and undefined in default scope change nothing (COMPAT property-null-keeps), '' in transport scope. */
  set(scope: Scope, name: string, value: unknown): void {
    switch (scope) {
      case 'default':
        if (value !== null && value !== undefined) (this.#default ??= new Map()).set(name, value)
        return
      case 'axis2':
        ;(this.#axis2 ??= new Map()).set(name, value)
        if (name === 'messageType' && value !== null && value !== undefined) this.#relabel(asText(value))
        return
      case 'axis2-client':
        ;(this.#client ??= new Map()).set(name, value)
        return
      case 'transport':
        this.#ctx.message.headers.set(name, asText(value ?? ''))
        return
      case 'operation':
        this.#ctx.exchange.operation.set(name, value)
        return
      case 'system':
        this.#ctx.services.system.set(name, asText(value ?? ''))
        return
      case 'analytics':
        ;(this.#analytics ??= new Map()).set(name, value)
        return
      case 'trace':
    }
  }

  delete(scope: Scope, name: string): void {
    switch (scope) {
      case 'default':
        this.#default?.delete(name)
        return
      case 'axis2':
        // A derived value (HTTP_METHOD …) must not show through again once a flow has removed the property.
        ;(this.#axis2 ??= new Map()).set(name, null)
        if (name === 'TRANSPORT_HEADERS') this.#ctx.message.headers.clear()
        return
      case 'axis2-client':
        this.#client?.delete(name)
        return
      case 'transport':
        this.#ctx.message.headers.delete(name)
        return
      case 'operation':
        this.#ctx.exchange.operation.delete(name)
        return
      case 'analytics':
        this.#analytics?.delete(name)
        return
      case 'system':
      case 'trace':
    }
  }

  /** Axis2 looks further out when the message itself has no value: options, transport, operation. */
  #axis2Value(name: string): unknown {
    const own = this.#axis2?.get(name)
    if (own !== undefined) return own ?? undefined
    const outer = this.#client?.get(name) ?? derivedProperty('axis2', name, this.#ctx)
    const { exchange } = this.#ctx
    return outer ?? (exchange.hasOperation ? exchange.operation.get(name) : undefined)
  }

  /** What a flow set in axis2 scope and further out; undefined when that is nothing, as in most messages. Null: removed. */
  get axis2Values(): ReadonlyMap<string, unknown> | undefined {
    const { exchange } = this.#ctx
    if (this.#client === undefined && !exchange.hasOperation) return this.#axis2
    return new Map([
      ...(exchange.hasOperation ? exchange.operation : []),
      ...(this.#client ?? []),
      ...(this.#axis2 ?? []),
    ])
  }

  /** COMPAT message-type-relabels: setting messageType also sets ContentType and the header field (language reference 1.1). */
  #relabel(type: string): void {
    this.#axis2?.set('ContentType', type)
    this.#ctx.message.headers.set('Content-Type', type)
  }

  /** Typed access: text is converted by the property's own type. */
  read<T>({ scope, name, type }: Property<T>): T | undefined {
    const value = this.get(scope, name)
    return value === undefined || value === null ? undefined : type(value)
  }

  write<T>({ scope, name }: Property<T>, value: T): void {
    this.set(scope, name, value)
  }

  /** Names of a scope that hold values, for dumps and `log`; transport gives header names. */
  names(scope: 'default' | 'axis2'): string[] {
    return [...((scope === 'default' ? this.#default : this.#axis2)?.keys() ?? [])]
  }

  /** For a fork: every scope of the message itself. */
  copyAllTo(other: Properties): void {
    this.copyDefaultTo(other)
    if (this.#axis2) other.#axis2 = new Map(this.#axis2)
    if (this.#client) other.#client = new Map(this.#client)
  }

  /** Takes over what came with an answer: its axis2 scope; default properties it was given on the way. */
  adopt(answer: Properties): void {
    this.#axis2 = answer.#axis2
    this.#client = answer.#client
    this.#default = answer.#default
  }

  /** For the context of an answer: only default and analytics properties go with the exchange. */
  copyDefaultTo(other: Properties): void {
    if (this.#default) other.#default = new Map(this.#default)
    if (this.#analytics) other.#analytics = new Map(this.#analytics)
  }
}
