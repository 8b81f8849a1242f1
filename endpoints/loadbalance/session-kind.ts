import { ELEMENT, headerBlocks, type Message, type MessageContext, SYNAPSE, type XmlElement } from 'viaduct'
import { textOf } from '../text-of.ts'

/** How a session shows in messages (language reference 3.4). */
export interface SessionKind {
  /** Whether requests have to be in memory. */
  readonly contentAware: boolean
  /** The session a request belongs to. */
  requested(ctx: MessageContext): string | undefined
  /** The session that an answer has begun; of client-made sessions, that of the request. */
  begun(ctx: MessageContext, answer: MessageContext): string | undefined | Promise<string | undefined>
}

const COOKIES = /(?:JSESSIONID|PHPSESSID|phpMyAdmin|wordpress_test_cookie)/
const AXIS2 = 'http://ws.apache.org/namespaces/axis2'
const WSA = 'http://www.w3.org/2005/08/addressing'

/** Cookies that servers begin. */
const http: SessionKind = {
  contentAware: false,
  requested: ({ message }) => cookieIn(message.headers.all('Cookie').join(';')),
  begun: (_ctx, { message }) => {
    for (const cookie of message.headers.all('Set-Cookie')) {
      const id = cookieIn(cookie.split(';', 1)[0] ?? '')
      if (id !== undefined) return id
    }
    return undefined
  },
}

/** `<syn:ClientID>` in the SOAP header: the client makes the session. */
const simpleClientSession: SessionKind = {
  contentAware: true,
  requested: ({ message }) => headerText(message, SYNAPSE, 'ClientID'),
  begun: (ctx) => headerText(ctx.message, SYNAPSE, 'ClientID'),
}

/** Axis2's service group: the answer gives it in its ReplyTo, requests carry it as a header. */
const soap: SessionKind = {
  contentAware: true,
  requested: ({ message }) => headerText(message, AXIS2, 'ServiceGroupId'),
  async begun(_ctx, answer) {
    await answer.build()
    const { message } = answer
    if (message.empty) return undefined
    const replyTo = headerBlocks(message.tree, WSA, 'ReplyTo')[0]
    const group = inner(inner(replyTo, WSA, 'ReferenceParameters'), AXIS2, 'ServiceGroupId')
    return group && notEmpty(textOf(group))
  },
}

export const SESSION_KINDS = { http, soap, simpleclientsession: simpleClientSession } as const

function cookieIn(text: string): string | undefined {
  return text
    .split(';')
    .map((each) => each.trim())
    .find((each) => COOKIES.test(each))
}

function headerText(message: Message, namespace: string, name: string): string | undefined {
  if (message.empty || !message.built) return undefined
  const block = headerBlocks(message.tree, namespace, name)[0]
  return block && notEmpty(textOf(block))
}

function inner(parent: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  return parent?.children.find(
    (child): child is XmlElement => child.type === ELEMENT && child.namespace === namespace && child.name === name,
  )
}

const notEmpty = (text: string): string | undefined => {
  const trimmed = text.trim()
  return trimmed === '' ? undefined : trimmed
}
