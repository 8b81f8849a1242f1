import {
  assignProperty,
  bodyChild,
  Fault,
  type MediatorClass,
  type MediatorObject,
  Message,
  type MessageContext,
  parseJson,
  parseXml,
  printJson,
  printXml,
  type Scope,
  setBodyChild,
  type XmlElement,
} from 'viaduct'
import { type ModuleProperty, valueOf } from './module-property.ts'

/** Makes the object of a plain class and sets its properties: through `setName(value)`, else a field of that name. */
export function createObject(
  create: MediatorClass,
  properties: readonly ModuleProperty[],
  ctx: MessageContext | undefined,
): MediatorObject {
  const object = new create()
  for (const property of properties) {
    const value = valueOf(property, ctx)
    if (value === undefined) continue
    assignProperty(object, property.name, value)
  }
  return object
}

/**
 * The message as a plain class sees it, with the words of Synapse's MessageContext. It refuses changes once the mediator has
 * returned, so that forgotten timers cannot reach into a message that has moved on.
 */
export class ObjectContext {
  readonly #ctx: MessageContext
  #closed = false

  constructor(ctx: MessageContext) {
    this.#ctx = ctx
  }

  /** The context of the public API. */
  get context(): MessageContext {
    return this.#open()
  }

  get message(): Message {
    return this.#open().message
  }

  getProperty(name: string, scope: Scope = 'default'): unknown {
    return this.#open().properties.get(scope, name)
  }

  setProperty(name: string, value: unknown, scope: Scope = 'default'): void {
    this.#open().properties.set(scope, name, value)
  }

  removeProperty(name: string, scope: Scope = 'default'): void {
    this.#open().properties.delete(scope, name)
  }

  getVariable(name: string): unknown {
    return this.#open().variables.get(name)
  }

  setVariable(name: string, value: unknown): void {
    this.#open().variables.set(name, value)
  }

  getHeader(name: string): string | undefined {
    return this.#open().message.headers.get(name)
  }

  setHeader(name: string, value: string): void {
    this.#open().message.headers.set(name, value)
  }

  /** The body as text: JSON, or the XML of the first body child. */
  getPayload(): string {
    const { message } = this.#open()
    if (message.isJson) return printJson(message.json)
    const child = bodyChild(message.tree)
    return child === undefined ? '' : printXml(child)
  }

  /** Replaces the body: text that begins with `<` is XML, other text and values are JSON. */
  setPayload(payload: unknown): void {
    const { message } = this.#open()
    if (typeof payload !== 'string') message.setJson(parseJson(JSON.stringify(payload) ?? 'null'))
    else if (payload.trimStart().startsWith('<')) setBodyChild(message.editTree(), parseXml(payload).root)
    else message.setJson(parseJson(payload))
  }

  /** The SOAP envelope, to be changed. */
  getEnvelope(): XmlElement {
    return this.#open().message.editTree().root
  }

  isResponse(): boolean {
    return this.#open().response
  }

  close(): void {
    this.#closed = true
  }

  #open(): MessageContext {
    if (this.#closed) throw new Fault('module-misbehaved', 'the mediator has returned; its message context is closed')
    return this.#ctx
  }
}
