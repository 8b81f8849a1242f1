import type { MessageContext } from './context.ts'
import { Fault } from './fault.ts'
import type { Scope } from './properties.ts'
import { bodyChild } from './soap/envelope.ts'
import type { XmlElement } from './xml/tree.ts'

/** An attribute that a callback handler adds to the question. */
export interface EntitlementAttribute {
  /** URI. */
  readonly category: string
  readonly id: string
  /** `string`, `integer` … of XML Schema, or the URI of any other type. Text unless given. */
  readonly type?: string | undefined
  readonly value: string
  /** Becomes the content of the category: an element, or XML text (a `<Content>` around it is taken off). */
  readonly content?: string | XmlElement | undefined
}

type Answer<T> = T | Promise<T>

/**
 * Reads off a message who wants to do what: what `callbackClass` of `<entitlementService>` names. A module in `mediators/`
 * exports a class that extends this one and overrides what it knows better. One object serves all messages of a deployment,
 * so it keeps nothing about any of them. What a method returns may be a promise.
 */
export class EntitlementCallbackHandler {
  /** What a class that extends this one is, for those who look for it in `mediators/`. */
  static readonly extension: string = 'entitlement-callback-handler'

  /**
   * The subject; undefined when the message names none, which ends in a fault. The property named by
   * `xacml_subject_identifier`, else the value of `xacml_subject`.
   */
  getUserName(ctx: MessageContext): Answer<string | undefined> {
    // COMPAT xacml-subject-scopes: the code of WSO2 reads the default scope, its documents say axis2; the code goes first.
    const named = textOf(ctx, 'xacml_subject_identifier', 'default', 'axis2')
    if (named !== undefined) return textOf(ctx, named, 'axis2', 'default')
    return textOf(ctx, 'xacml_subject', 'default', 'axis2')
  }

  /**
   * The address that the message came to, behind `xacml_resource_prefix`, or only that prefix with `xacml_resource_prefix_only`.
   * A client's own `wsa:To` does not count: it would let the client choose the resource that it is asked about.
   */
  findServiceName(ctx: MessageContext): Answer<string | undefined> {
    const { own } = ctx.addressing
    const address = own.to ?? pathOf(ctx.exchange.arrival.target)
    const prefix = textOf(ctx, 'xacml_resource_prefix', 'axis2', 'default')
    if (prefix === undefined || prefix.trim() === '') return address
    const only = textOf(ctx, 'xacml_resource_prefix_only', 'axis2', 'default')?.toLowerCase() === 'true'
    return only ? prefix : prefix + address
  }

  /** The name of the first element in the body, or with `xacml_use_rest` the HTTP method; undefined when there is none. */
  findOperationName(ctx: MessageContext): Answer<string | undefined> {
    const rest = textOf(ctx, 'xacml_use_rest', 'axis2', 'default')?.toLowerCase()
    // COMPAT xacml-use-rest: any text but "false" makes the operation the HTTP method; only "true" makes the action it too.
    if (rest !== undefined && rest !== 'false') return textOf(ctx, 'HTTP_METHOD', 'axis2')
    const { message } = ctx
    if (message.empty) return undefined
    const peek = message.rest ? undefined : message.peek
    return peek?.soap === undefined ? bodyChild(message.tree)?.name : peek.operation?.name
  }

  /** `xacml_action`, else with `xacml_use_rest` the HTTP method, else `read`. */
  findAction(ctx: MessageContext): Answer<string | undefined> {
    const action = textOf(ctx, 'xacml_action', 'axis2', 'default')
    if (action !== undefined) return action
    const rest = textOf(ctx, 'xacml_use_rest', 'axis2', 'default')?.toLowerCase() === 'true'
    return (rest ? textOf(ctx, 'HTTP_METHOD', 'axis2') : undefined) ?? 'read'
  }

  /** Attributes besides subject, action and resource. */
  findOtherAttributes(_ctx: MessageContext): Answer<readonly EntitlementAttribute[]> {
    return []
  }
}

/** The value of a property in the first scope that has one. An object has no text that policies could rely on. */
function textOf(ctx: MessageContext, name: string, ...scopes: readonly Scope[]): string | undefined {
  for (const scope of scopes) {
    const value = ctx.properties.get(scope, name)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    if (value !== undefined && value !== null) throw new Fault(0, `the property ${name} holds no text`)
  }
  return undefined
}

/** A query is no part of the resource: a client could add one to reach another decision. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  return end < 0 ? target : target.slice(0, end)
}
