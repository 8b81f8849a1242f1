import { elements, parseXml, printXml, type XmlDocument, XmlText } from 'viaduct'
import { expect, test } from 'vitest'
import {
  encryption,
  identityOf,
  keyringOf,
  orderMessage,
  planOf,
  receive,
  receiverOf,
  send,
  signature,
} from '../testing/messages.ts'
import { keepInline, optimize } from './optimize.ts'

const children = ({ root }: XmlDocument) => elements(root)
const holding = (text: string) => {
  const tree = parseXml(`<r><a>${text}</a></r>`)
  return { tree, chosen: optimize(tree, [children]).size }
}

test.each(['YQ==', 'YWI=', 'YWJj', Buffer.alloc(1000, 1).toString('base64')])('%s leaves as bytes', (text) => {
  const { tree, chosen } = holding(text)
  const [only] = children(tree)[0]?.children ?? []
  expect(chosen).toBe(1)
  expect(only?.type === 3 && only.binary?.bytes.toString('base64')).toBe(text)
  expect(printXml(tree)).toBe(`<r><a>${text}</a></r>`)
})

test.each(['', 'YQ', ' YQ==', 'YQ==\n', 'YR==', 'Y*==', 'YWJ_', 'YQ==YQ==', '<b/>', 'YQ==<b/>'])(
  '"%s" is not exactly what bytes are as base64, and stays',
  (text) => {
    expect(holding(text).chosen).toBe(0)
  },
)

test('bytes stay bytes where they are chosen, and become text elsewhere', () => {
  const tree = parseXml('<r><a/><b/></r>')
  for (const element of children(tree))
    element.children = [new XmlText({ bytes: Buffer.from('abc'), contentType: 'x/y' }, element)]
  const chosen = optimize(tree, [({ root }) => elements(root).slice(0, 1)])
  keepInline(children(tree), chosen)
  expect(children(tree).map(({ children: [text] }) => text?.type === 3 && text.binary !== undefined)).toEqual([
    true,
    false,
  ])
  expect(printXml(tree)).toBe('<r><a>YWJj</a><b>YWJj</b></r>')
})

const client = identityOf('client')
const server = identityOf('server')
const receiver = receiverOf(keyringOf([server], [client.chain[0]]))

/** Every CipherValue of a message. */
function cipherValues({ root }: XmlDocument): ReturnType<typeof elements> {
  const inside = (element: typeof root): (typeof root)[] => [
    ...(element.name === 'CipherValue' ? [element] : []),
    ...elements(element).flatMap(inside),
  ]
  return inside(root)
}

test('cipher values that are chosen leave as bytes, the others as text; a receiver sees no difference', async () => {
  const inBody = (tree: XmlDocument) => cipherValues(tree).slice(-1)
  const steps = [signature(client, { parts: [{ part: 'body' }] }), encryption(server.chain[0])]
  const tree = parseXml(orderMessage())
  const sent = send({ ...planOf(...steps), optimize: [inBody] })
  const { protect } = await import('../protect.ts')
  const { randomBytes } = await import('node:crypto')
  protect(tree, { ...planOf(...steps), optimize: [inBody] }, { now: 0, random: randomBytes })
  expect(cipherValues(tree).map(({ children: [text] }) => text?.type === 3 && text.binary !== undefined)).toEqual([
    false,
    true,
  ])
  expect((await receive(sent, receiver)).signatures).toHaveLength(1)
})
