import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseXml } from '../../../xml/index.ts'
import { createTape, type Tape, type TapeNode } from '../../../xml/tape.ts'
import { ELEMENT, TEXT, type XmlDocument } from '../../../xml/tree.ts'
import { compileXPath, type XPath, type XPathHost, type XPathNode } from '../index.ts'
import { documents, expressions, NAMESPACES } from '../testing/generate.ts'

interface Env {
  readonly name: string
  readonly document: XmlDocument
}

const host: XPathHost<Env> = {
  namespaces: (prefix) => NAMESPACES[prefix],
  variable: ({ local }) => {
    if (local === 'root') return ({ document }) => document.root
    if (local === 'name') return ({ name }) => name
    if (local === 'nodes') return ({ document }) => [document.root]
    return undefined
  },
  tapeNode: ({ local }) => (local === 'root' ? (tape) => tape.root : undefined),
  function: ({ local }) => (local === 'twice' ? ([text]) => (typeof text === 'string' ? text + text : '') : undefined),
}

const everything: XPath<Env> = compileXPath('/node() | //node() | //@*', host)

/** Both views of one document, and where in document order a node stands in each. */
class Views {
  readonly document: XmlDocument
  readonly tape: Tape
  readonly #inTree: Map<XPathNode, number>
  readonly #onTape: Map<TapeNode, number>

  constructor(xml: string) {
    this.document = parseXml(xml)
    const tape = createTape(Buffer.from(xml))
    if (tape === undefined) throw new Error(`no tape of ${xml}`)
    this.tape = tape
    const env = { name: 'foo', document: this.document }
    this.#inTree = new Map(everything.nodes(this.document, env).map((node, i) => [node, i]))
    this.#onTape = new Map()
    for (let node = tape.firstInside(-1); node < tape.end; node = tape.next(node)) {
      if (tape.kind(node) !== TEXT || tape.startsText(node)) this.#onTape.set(node, this.#onTape.size)
    }
    expect(this.#onTape.size).toBe(this.#inTree.size)
  }

  /** Whether the tape answered; what it said is what the tree says. */
  agree(expression: string): boolean {
    const xpath = compileXPath(expression, host)
    const env = { name: 'foo', document: this.document }
    const answer = xpath.onTape?.evaluate(this.tape, env)
    if (answer === undefined) return false
    const expected = xpath.evaluate(this.document.root, env)
    const places = Array.isArray(expected) ? expected.map((node) => this.#inTree.get(node) ?? -1) : expected
    const found = Array.isArray(answer) ? answer.map((node) => this.#onTape.get(node) ?? -1) : answer
    expect(found, expression).toEqual(places)
    expect(xpath.onTape?.boolean(this.tape, env), expression).toBe(xpath.boolean(this.document.root, env))
    return true
  }
}

const order = `<r xmlns:p="urn:p" xmlns:d="urn:d"><!--c\r\nd--><p:a x="1" p:x="2"><b>on<![CDATA[e]]></b><b> two </b><c/></p:a>
<p:a x="3"><b>3</b><p:a><b>4&lt;</b></p:a></p:a><?go  on\r\n?><a/>foo</r>`

describe('XPath over a tape', () => {
  test.each([
    '/',
    '.',
    '//p:a',
    '//p:a/b',
    '//p:a//b',
    '/r/p:a/b[2]',
    '/r/p:a[@x = "3"]/b',
    '//p:a[b = 3]/@x',
    '//@*',
    '//@p:x',
    '//p:*',
    '//*',
    '//text()',
    '//b/text()',
    '//b[. = "one"]',
    '//b[text() = "one"]',
    '//node()',
    '/r/node()',
    '//comment()',
    'p:a',
    'p:a/@x',
    './/b[starts-with(., "4")]',
    'p:a[position() = 2]/b',
    '(//b)[3]',
    '(//p:a)[2]/b',
    '(//p:a)[9]/b',
    '$root/p:a/b',
    '$root//b[. != "one"]',
    'string(//b)',
    'count(//b)',
    'count(//p:a/b) > 2',
    'sum(//p:a/@x)',
    'boolean(//c)',
    'not(//d:c)',
    'contains(//b, "ne")',
    'normalize-space(p:a/b[2])',
    'concat(name(//p:a), local-name(//p:a), namespace-uri(//p:a), name(//@p:x))',
    '//p:a/@x = 3',
    '3 <= //p:a/@x',
    '//b = //c',
    '//b != //b',
    '//c = ""',
    '//b = $name',
    '//r = $name',
    'string(p:a[2]) = "34<"',
    'string-length(/) + 1',
    '//c or //d:c and false()',
    '-count(//b) * 2 mod 3',
    'twice($name) = "foofoo"',
    'substring(//b, 2, 1)',
    'translate(substring-after(//b, "o"), "n", "N")',
    'self::r',
    'self::p:a',
    '//b/self::b',
    '//b/.',
    '//@x/.',
    'descendant-or-self::p:a/b',
    '//p:a[.//b = "4<"]',
    'p:a[1][@x]',
    'p:a[@x][2]',
    'round(//p:a/@x div 2)',
    '/r[p:a/b]/a',
    'string(//comment())',
    'string(//processing-instruction())',
  ])('%s is answered as the tree answers', (expression) => {
    expect(new Views(order).agree(expression)).toBe(true)
  })

  test.each([
    '//b/..',
    '//b[last()]',
    '//b[1]',
    '//a | //b',
    'p:a/following-sibling::a',
    '//p:a[2]//b[1]',
    '//b[$name]',
    '$nodes/b',
    'lang("de")',
  ])('%s is left to the tree', (expression) => {
    expect(new Views(order).agree(expression)).toBe(false)
  })

  test('anything generated is answered as the tree answers, or left to it', () => {
    const xmls = fc.sample(documents, { seed: 21, numRuns: 150 })
    const asked = fc.sample(expressions, { seed: 22, numRuns: 15_000 })
    const end = performance.now() + 4000
    let answered = 0
    let count = 0
    for (const xml of xmls) {
      const views = new Views(xml)
      for (let i = 0; i < 150 && performance.now() < end; i++) {
        if (views.agree(asked[count++ % asked.length] ?? '.')) answered++
      }
    }
    expect(answered).toBeGreaterThan(500)
  })

  test('simple paths, as configurations have them, are all answered', () => {
    const step = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'p:a', 'p:b', '*', 'text()', 'd:a', 'node()'),
      fc.constantFrom(
        '',
        '',
        '[1]',
        '[2]',
        '[@x]',
        '[b = 2]',
        '[@x = "1"]',
        '[. != "foo"]',
        '[position() < 3]',
        '[not(b)]',
        '[count(*) > 1]',
      ),
    )
    const path = fc
      .tuple(
        fc.constantFrom('', '/', './'),
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '/@x', '/@*', '//b'),
      )
      .map(
        ([start, steps, last]) =>
          `${start === '/' ? '/root/' : start}${steps.map((parts) => parts.join('')).join('/')}${last}`,
      )
    const descending = fc
      .tuple(
        fc.array(fc.constantFrom('a', 'b', 'p:a', '*', 'c[b]', 'b[@x = "1"]'), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', '/b', '/b[2]', '/@x', '/text()'),
      )
      .map(([names, last]) => `//${names.join('//')}${last}`)
    fc.assert(
      fc.property(documents, fc.array(fc.oneof(path, descending), { minLength: 5, maxLength: 5 }), (xml, paths) => {
        const views = new Views(xml)
        for (const each of paths) expect(views.agree(each), each).toBe(true)
      }),
      { numRuns: 800, seed: 23 },
    )
  })

  test('a tape finds its elements by name without making strings of names', () => {
    const { tape } = new Views(order)
    const elements: string[] = []
    for (let node = 0; node < tape.end; node = tape.next(node)) {
      if (tape.kind(node) === ELEMENT) elements.push(tape.names.local(tape.name(node)))
    }
    expect(elements).toEqual(['r', 'a', 'b', 'b', 'c', 'a', 'b', 'a', 'b', 'a'])
  })
})
