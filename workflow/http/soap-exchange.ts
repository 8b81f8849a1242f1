import {
  adopt,
  bodyChild,
  createEnvelope,
  createFault,
  Fault,
  type Flow,
  isFault,
  type MessageContext,
  printXml,
  soapNamespace,
  soapVersion,
  type SoapVersion,
  textOf as textOfNode,
  XmlElement,
  XmlText,
} from 'viaduct'
import { answer } from './answer.ts'

const LARGEST = 64 * 1024

/** A call of an operation: its name and the texts of the children of its element. */
export interface SoapCall {
  readonly version: SoapVersion
  readonly operation: string
  readonly fields: ReadonlyMap<string, string>
}

/** Reads a document/literal wrapped call in the namespace; throws a Fault that blames the client when it is none. */
export async function readCall(ctx: MessageContext, namespace: string): Promise<SoapCall> {
  await ctx.message.build(LARGEST)
  const { tree } = ctx.message
  const wrapper = isFault(tree) ? undefined : bodyChild(tree)
  if (wrapper?.namespace !== namespace) throw new Fault('operation-unknown', 'there is no such operation here')
  const fields = wrapper.children.flatMap((each): [string, string][] =>
    each instanceof XmlElement ? [[each.name, textOfNode(each).trim()]] : [],
  )
  return { version: soapVersion(tree), operation: wrapper.name, fields: new Map(fields) }
}

/** Answers a call with an element of these fields. */
export function answerCall(
  ctx: MessageContext,
  { version }: SoapCall,
  name: string,
  namespace: string,
  fields: Readonly<Record<string, string>>,
): Flow | Promise<Flow> {
  const element = new XmlElement(name, namespace)
  element.declarations = [{ prefix: '', namespace }]
  for (const [field, value] of Object.entries(fields)) {
    const child = new XmlElement(field, namespace, '', element)
    child.children.push(new XmlText(value, child))
    adopt(element, child)
  }
  return send(ctx, 200, version, element)
}

/** Answers that it is the caller who must change something. */
export function answerSender(
  ctx: MessageContext,
  { version }: SoapCall,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
  status = version === '1.1' ? 500 : 400,
): Flow | Promise<Flow> {
  const fault = createFault(version, { code: { name: 'Sender', namespace: soapNamespace(version) }, reason })
  return send(ctx, status, version, fault, headers)
}

function send(
  ctx: MessageContext,
  status: number,
  version: SoapVersion,
  payload: XmlElement,
  headers: Readonly<Record<string, string>> = {},
): Flow | Promise<Flow> {
  const type = version === '1.1' ? 'text/xml' : 'application/soap+xml'
  return answer(ctx, status, type, printXml(createEnvelope(version, [payload])), headers)
}
