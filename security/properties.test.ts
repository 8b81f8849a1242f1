import * as fc from 'fast-check'
import {
  canonicalXml,
  cloneNode,
  elements,
  parseXml,
  printXml,
  XmlError,
  type XmlDocument,
  type XmlElement,
} from 'viaduct'
import { expect, test } from 'vitest'
import { XENC11 } from './names.ts'
import type { ProtectStep } from './plan.ts'
import { SecurityFailure } from './security-failure.ts'
import type { SecurityResults } from './security-results.ts'
import {
  encryption,
  identityOf,
  keyringOf,
  mac,
  OAEP,
  orderMessage,
  receive,
  receiverOf,
  send,
  signature,
  timestamp,
} from './testing/messages.ts'

const client = identityOf('client')
const server = identityOf('server')
const receiver = receiverOf(keyringOf([server], [client.chain[0]]), { rejectsReplays: false })
const certificate = server.chain[0]

const NAMES = ['a', 'b', 'p:a', 'q:c', 'p:d']
const text = fc
  .array(
    fc.constantFrom(
      'x',
      ' ',
      '\n',
      '&amp;',
      '&lt;',
      '&gt;',
      '&#13;',
      '&#9;',
      'é',
      '€',
      '𝄞',
      ']]',
      '"',
      "'",
      '<!-- c -->',
      '<![CDATA[<&]]>',
    ),
  )
  .map((pieces) => pieces.join(''))
const attribute = fc.tuple(
  fc.constantFrom('k', 'l', 'p:k', 'xml:lang'),
  fc.constantFrom('', 'v', '&quot;', "'", '&#10;', '  ', 'é'),
)
const declarations = fc.constantFrom('', ' xmlns="urn:d"', ' xmlns=""', ' xmlns:p="urn:other"', ' xmlns:z="urn:z"')

/** XML with every trap of canonicalisation: prefixes that change their meaning, defaults that go, characters that are escaped. */
const { content } = fc.letrec<{ content: string; element: string }>((tie) => ({
  content: fc.array(fc.oneof({ maxDepth: 4 }, text, tie('element')), { maxLength: 4 }).map((parts) => parts.join('')),
  element: fc
    .tuple(
      fc.constantFrom(...NAMES),
      declarations,
      fc.uniqueArray(attribute, { selector: ([name]) => name, maxLength: 3 }),
      tie('content'),
    )
    .map(([name, declared, attributes, inside]) => {
      const written = attributes.map(([key, value]) => ` ${key}="${value}"`).join('')
      return `<${name}${declared}${written}>${inside}</${name}>`
    }),
}))

const message = content.map((inside) =>
  orderMessage(undefined, inside).replace('<soapenv:Envelope', '<soapenv:Envelope xmlns:p="urn:p" xmlns:q="urn:q"'),
)

const bodyOf = (tree: XmlDocument): XmlElement => elements(tree.root).at(-1) ?? tree.root
/** The content as signatures see it, whatever identifiers security put on the body. */
const contentOf = (body: XmlElement): string =>
  body.children
    .map((child) =>
      child.type === 1
        ? canonicalXml(child, { form: 'exclusive', prefixes: ['p', 'q', 'z', '#default', 'soapenv', 'wsa'] })
        : child.type === 3
          ? child.value
          : '',
    )
    .join('')

const flows: readonly (readonly [string, readonly ProtectStep[]])[] = [
  ['signed', [timestamp, signature(client)]],
  [
    'signed inclusively',
    [timestamp, signature(client, { canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' })],
  ],
  ['signed, then encrypted', [timestamp, signature(client), encryption(certificate)]],
  [
    'encrypted, then signed',
    [timestamp, encryption(certificate, { algorithm: `${XENC11}aes128-gcm` }), signature(client)],
  ],
]

test.each(flows)('whatever is %s arrives as it was', async (_what, steps) => {
  await fc.assert(
    fc.asyncProperty(message, async (plain) => {
      const expected = contentOf(bodyOf(parseXml(plain)))
      const results = await receive(send(steps, {}, plain).text, receiver)
      expect(contentOf(results.body)).toBe(expected)
      expect(covered(results)).toContain(results.body)
    }),
    { numRuns: 60 },
  )
})

const covered = ({ signatures }: SecurityResults) => signatures.flatMap((each) => each.covered.map(({ node }) => node))

/** Receives what may be anything; a refusal is a SecurityFailure or a failure of the parser, and nothing else. */
async function tried(hostile: string): Promise<SecurityResults | undefined> {
  try {
    return await receive(hostile, receiver)
  } catch (error) {
    if (error instanceof SecurityFailure || error instanceof XmlError) return undefined
    throw error
  }
}

const honest = send([timestamp, signature(client)])
const secret = {
  step: 'encrypted-key',
  name: 'secret',
  recipient: certificate,
  reference: 'thumbprint',
  length: 32,
  transport: OAEP,
} as const
const victims = [
  honest.text,
  send([
    timestamp,
    signature(client),
    encryption(certificate, { parts: [{ part: 'body' }, { part: 'signature', name: 'signature' }] }),
  ]).text,
  send([timestamp, secret, mac('secret'), encryption(certificate, { key: { kind: 'named', name: 'secret' } })]).text,
  send([
    timestamp,
    secret,
    { step: 'derived-key', name: 'derived', from: 'secret', length: 24, version: '200512' },
    mac('derived', { protectToken: true }),
  ]).text,
]
const trueBody = contentOf(bodyOf(parseXml(orderMessage())))

/** A signature that covers the body covers the body that was sent. */
function requireTruth(results: SecurityResults | undefined): void {
  if (results === undefined || !covered(results).includes(results.body)) return
  expect(contentOf(results.body)).toBe(trueBody)
}

test('no character of a message can be changed so that a signed body says something else', async () => {
  const victim = fc.constantFrom(...victims)
  const edit = fc.constantFrom('', 'A', 'x', '"', '<', '&', ' ', '#', '/', '=', '0', '<!---->')
  await fc.assert(
    fc.asyncProperty(victim, fc.double({ min: 0, max: 1, noNaN: true }), edit, async (whole, at, put) => {
      const position = Math.floor(at * whole.length)
      requireTruth(await tried(whole.slice(0, position) + put + whole.slice(position + 1)))
    }),
    { numRuns: 1500 },
  )
})

test('no element can be removed, doubled, moved or exchanged so that a signed body says something else', async () => {
  const everywhere = (element: XmlElement): XmlElement[] => [element, ...elements(element).flatMap(everywhere)]
  const kind = fc.constantFrom('remove', 'double', 'move', 'empty', 'rename', 'attribute')
  const place = fc.nat({ max: 10_000 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...victims),
      fc.array(fc.tuple(kind, place, place), { minLength: 1, maxLength: 3 }),
      async (whole, edits) => {
        const tree = parseXml(whole)
        for (const [what, one, other] of edits) {
          const all = everywhere(tree.root).slice(1)
          const element = all[one % all.length]
          const target = all[other % all.length]
          if (element === undefined || target === undefined || element.parent?.type !== 1) continue
          change(what, element, target)
        }
        let written: string
        try {
          written = printXml(tree)
        } catch (error) {
          if (error instanceof XmlError) return
          throw error
        }
        requireTruth(await tried(written))
      },
    ),
    { numRuns: 1500 },
  )
})

function change(what: string, element: XmlElement, target: XmlElement): void {
  const { parent } = element
  if (parent?.type !== 1) return
  const at = parent.children.indexOf(element)
  switch (what) {
    case 'remove':
      parent.children = parent.children.filter((child) => child !== element)
      return
    case 'double':
      parent.children = parent.children.toSpliced(at, 0, Object.assign(cloneNode(element), { parent }))
      return
    case 'move': {
      const copy = Object.assign(cloneNode(element), { parent: target })
      parent.children = parent.children.filter((child) => child !== element)
      target.children = [...target.children, copy]
      return
    }
    case 'empty':
      element.children = []
      return
    case 'rename':
      element.name = target.name
      element.namespace = target.namespace
      element.prefix = target.prefix
      return
    case 'attribute': {
      const [mine] = element.attributes
      const [theirs] = target.attributes
      if (mine !== undefined && theirs !== undefined) mine.value = theirs.value
    }
  }
}
