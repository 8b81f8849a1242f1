import {
  append,
  boolean,
  child,
  cloneNode,
  createEnvelope,
  createFault,
  defineMediator,
  definedString,
  ELEMENT,
  type FaultName,
  headerOf,
  isSoapNamespace,
  literalElement,
  type MessageContext,
  namespaceOf,
  oneOf,
  type Path,
  path,
  qname,
  setBodyChild,
  requireHeader,
  type Site,
  soapVersion,
  type SoapVersion,
  string,
  type XmlDocument,
  XmlElement,
  type XmlNode,
  XmlText,
} from 'viaduct'

type Text = (ctx: MessageContext) => string

/** Codes of both versions; a code of the other version is translated (SOAP 1.2 part 0, section 6). */
const CODES: ReadonlySet<string> = new Set([
  'VersionMismatch',
  'MustUnderstand',
  'Client',
  'Server',
  'DataEncodingUnknown',
  'Sender',
  'Receiver',
])

const VERSIONS: Readonly<Record<'soap11' | 'soap12', SoapVersion>> = { soap11: '1.1', soap12: '1.2' }

/** What the fault says, as functions of the message. */
interface FaultText {
  readonly code: (ctx: MessageContext) => FaultName
  readonly reason: Text
  readonly node: string | undefined
  readonly role: string | undefined
  readonly detail: (ctx: MessageContext) => readonly XmlNode[]
}

const textOrExpression = (what: string) => ({
  attributes: { value: string(`The ${what}.`), expression: path(`Evaluated for every message; yields the ${what}.`) },
})

/** Replaces the message by a fault. */
export const makefault = defineMediator({
  name: 'makefault',
  summary: 'Replaces the message by a SOAP fault or a plain XML exception; it does not send it.',
  attributes: {
    version: oneOf(['soap11', 'soap12', 'pox'], 'Kind of fault; without it, the SOAP version of the message.'),
    response: boolean(
      'Whether the message becomes an answer, so that `send` goes to the client; true unless it says false.',
    ),
  },
  children: {
    code: child('code', 'Fault code.', {
      attributes: {
        value: qname('Qualified name, such as soapenv:Server.'),
        expression: path('Evaluated for every message; yields the code.'),
        targetNamespace: string('Written by old tools; has no effect.'),
      },
    }),
    reason: child('reason', 'What went wrong, for people.', textOrExpression('reason')),
    node: child('node', 'URI of the node that raised the fault (SOAP 1.2).', { content: 'text' }),
    role: child('role', 'Role of that node; SOAP 1.1 calls it actor.', { content: 'text' }),
    detail: child('detail', 'More about the fault: text, XML or an expression.', {
      attributes: {
        expression: path(
          'Evaluated for every message; yields the text of the detail, or the element that a property holds.',
        ),
      },
      content: 'xml',
    }),
  },
  builds: true,
  check({ version, code, reason }, site) {
    if (version === 'pox') return
    if (code?.value === undefined && code?.expression === undefined) {
      site.fail('element-missing', '<makefault> needs a <code> with a value or an expression')
    }
    if (reason?.value === undefined && reason?.expression === undefined) {
      site.fail('element-missing', '<makefault> needs a <reason> with a value or an expression')
    }
    if (code?.value !== undefined) checkCode(code.value, site)
  },
  compile({ version, response = true, code, reason, node, role, detail }) {
    const text: FaultText = {
      code: codeOf(code?.value, code?.expression, code?.node),
      reason: textOf(reason?.value, reason?.expression),
      node: node?.text,
      role: role?.text,
      detail: detailOf(detail?.expression, detail?.node),
    }
    return (ctx) => {
      if (version === 'pox') makeException(ctx, text)
      else makeSoapFault(ctx, text, version === undefined ? soapVersion(ctx.message.tree) : VERSIONS[version])
      readdress(ctx, response)
      return 'continue'
    }
  },
})

function checkCode({ prefix, name, namespace }: FaultName, { fail }: Site): void {
  if (prefix === '') fail('attribute-invalid', `value="${name}": a fault code is a qualified name: write prefix:name`)
  else if (isSoapNamespace(namespace) && !CODES.has(name)) {
    fail(
      'attribute-invalid',
      `value="${prefix}:${name}": SOAP has no such fault code; expected one of ${[...CODES].join(', ')}`,
    )
  }
}

function codeOf(
  value: FaultName | undefined,
  expression: Path | undefined,
  node: XmlElement | undefined,
): FaultText['code'] {
  if (value !== undefined) return () => value
  if (expression === undefined || node === undefined) return () => ({ name: 'Server', namespace: '' })
  return (ctx) => {
    const [first = '', second] = (definedString(expression, ctx) ?? '').split(':', 2)
    const namespace = second === undefined ? undefined : namespaceOf(first, node)
    return namespace === undefined || second === undefined
      ? { name: second ?? first, namespace: '' }
      : { name: second, namespace, prefix: first }
  }
}

function textOf(value: string | undefined, expression: Path | undefined): Text {
  if (value !== undefined || expression === undefined) return () => value ?? ''
  return (ctx) => definedString(expression, ctx) ?? ''
}

function detailOf(expression: Path | undefined, node: XmlElement | undefined): FaultText['detail'] {
  if (expression !== undefined) return (ctx) => selected(expression, ctx)
  const elements = (node?.children ?? []).filter((child) => child instanceof XmlElement).map(literalElement)
  if (elements.length > 0) return () => elements.map((element) => cloneNode(element))
  const text = (node?.children ?? [])
    .map((child) => (child instanceof XmlText ? child.value : ''))
    .join('')
    .trim()
  return () => texts(text)
}

/** An element that a property holds is copied; anything else is a text. */
function selected(expression: Path, ctx: MessageContext): XmlNode[] {
  const value = expression.evaluate(ctx)
  return value instanceof XmlElement ? [cloneNode(value)] : texts(definedString(expression, ctx) ?? '')
}

const texts = (text: string): XmlNode[] => (text === '' ? [] : [new XmlText(text)])

/** Header blocks go with the fault (language reference 2.1). */
function makeSoapFault(
  ctx: MessageContext,
  { code, reason, node, role, detail }: FaultText,
  version: SoapVersion,
): void {
  const fault = createFault(version, { code: code(ctx), reason: reason(ctx), node, role, detail: detail(ctx) })
  const tree = createEnvelope(version, [fault])
  copyHeaders(ctx.message.tree, tree)
  ctx.message.setTree(tree)
}

function copyHeaders(from: XmlDocument, to: XmlDocument): void {
  const blocks = (headerOf(from)?.children ?? []).filter((child): child is XmlElement => child.type === ELEMENT)
  if (blocks.length === 0) return
  const header = requireHeader(to)
  for (const block of blocks) append(header, cloneNode(block))
}

function makeException(ctx: MessageContext, { reason, detail }: FaultText): void {
  const exception = new XmlElement('Exception')
  const content = detail(ctx)
  for (const node of content.length > 0 ? content : texts(reason(ctx))) append(exception, node)
  setBodyChild(ctx.message.editTree(), exception)
  if (ctx.properties.get('axis2', 'HTTP_SC') === undefined) ctx.properties.set('axis2', 'HTTP_SC', 500)
}

function readdress(ctx: MessageContext, response: boolean): void {
  const { addressing } = ctx
  addressing.relatesTo = addressing.messageId
  if (response) {
    ctx.response = true
    addressing.to = addressing.replyTo
  } else addressing.to = addressing.faultTo ?? addressing.replyTo
}
