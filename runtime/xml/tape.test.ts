import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeXml } from './decode.ts'
import { parseXml } from './parse.ts'
import { createTape, type Tape, type TapeNode } from './tape.ts'
import {
  ATTRIBUTE,
  COMMENT,
  ELEMENT,
  INSTRUCTION,
  TEXT,
  type XmlDocument,
  type XmlNode,
  type XmlParent,
} from './tree.ts'
import { XmlError } from './xml-error.ts'

const tapeOf = (xml: string | Buffer): Tape | undefined => createTape(Buffer.from(xml))

/** A document as nested lists, the same for tape and tree. */
type Shape = readonly (string | readonly [name: string, attributes: readonly string[], children: Shape])[]

function shapeOfTree(parent: XmlParent): Shape {
  const shape: Shape[number][] = []
  let text: string | undefined
  const flush = (): void => {
    if (text !== undefined && text !== '') shape.push(`text ${text}`)
    text = undefined
  }
  for (const child of parent.children) {
    if (child.type === TEXT) text = (text ?? '') + child.value
    else {
      flush()
      shape.push(shapeOfNode(child))
    }
  }
  flush()
  return shape
}

function shapeOfNode(node: Exclude<XmlNode, { type: typeof TEXT }>): Shape[number] {
  if (node.type === COMMENT) return 'comment'
  if (node.type === INSTRUCTION) return 'instruction'
  return [
    `${node.prefix}:${node.name}{${node.namespace}}`,
    node.attributes.map((a) => `${a.prefix}:${a.name}{${a.namespace}}=${a.value}`),
    shapeOfTree(node),
  ]
}

function shapeOfTape(tape: Tape, parent: TapeNode): Shape {
  const shape: Shape[number][] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') shape.push(`text ${text}`)
    text = ''
  }
  for (let node = tape.firstInside(parent); node < tape.after(parent); node = tape.after(node)) {
    expect(tape.parent(node)).toBe(parent)
    const kind = tape.kind(node)
    if (kind === TEXT) text += tape.text(node)
    else if (kind !== ATTRIBUTE) {
      flush()
      if (kind === ELEMENT) {
        const attributes: string[] = []
        for (let a = tape.firstInside(node); a < tape.after(node) && tape.kind(a) === ATTRIBUTE; a = tape.after(a)) {
          attributes.push(`${named(tape, a)}=${tape.text(a)}`)
        }
        shape.push([named(tape, node), attributes, shapeOfTape(tape, node)])
      } else shape.push(kind === COMMENT ? 'comment' : 'instruction')
    }
  }
  flush()
  return shape
}

function named(tape: Tape, node: TapeNode): string {
  const name = tape.name(node)
  return `${tape.names.prefix(name)}:${tape.names.local(name)}{${tape.names.namespace(name)}}`
}

function parse(xml: string | Buffer): XmlDocument | undefined {
  try {
    return parseXml(decodeXml(Buffer.from(xml)))
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/** Tape and tree agree: both refuse, or both hold the same. */
function agree(xml: string | Buffer): void {
  const tree = parse(xml)
  const tape = tapeOf(xml)
  expect(tape !== undefined, `accepted by ${tree ? 'the tree' : 'the tape'} only: ${xml.toString()}`).toBe(
    tree !== undefined,
  )
  if (tape && tree) expect(shapeOfTape(tape, -1)).toEqual(shapeOfTree(tree))
}

const VALID = [
  '<a/>',
  '\ufeff<a/>',
  '<?xml version="1.0"?><a/>',
  `<?xml version='1.1' encoding='UTF-8' standalone='yes' ?>\r\n<a/>`,
  '<!-- c --><?p?><a/><!----><?p  x?>\n',
  '<a b="1" c = \'2\'\n/>',
  '<a>t<b/>u</a >',
  '<a xmlns="u"><b xmlns=""/><p:b xmlns:p="u" p:c="1" c="1"/></a>',
  '<p:a xmlns:p="u"><p:b xmlns:p="v"><p:b/></p:b><p:b/></p:a>',
  '<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#000000000000000000000000065;</a>',
  '<a b="&lt;&#10;x\ty\r\nz"/>',
  '<a>\r\n\r\t</a>',
  '<a><![CDATA[<&>]] >]]>x<![CDATA[]]><![CDATA[\r\n]]></a>',
  '<a>] ]] ]]&gt;</a>',
  '<größe ü="é">😀\uFFFD</größe>',
  '<a xml:lang="de" xmlns:xml="http://www.w3.org/XML/1998/namespace"/>',
  '<a b=">"/>',
  '<a.b-c_d1/>',
  `<a ${Array.from({ length: 30 }, (_, i) => `b${i}="${i}"`).join(' ')}/>`,
  `${'<a>'.repeat(512)}${'</a>'.repeat(512)}`,
]

const INVALID = [
  '',
  ' ',
  'text',
  '<a>',
  '<a',
  '<a b',
  '<a b=',
  '<a b="',
  '<a b="1',
  '<a></b>',
  '<a></ab>',
  '<ab></a>',
  '</a>',
  '<a/><b/>',
  '<a/>x',
  'x<a/>',
  ' <?xml version="1.0"?><a/>',
  '<?xml version="2.0"?><a/>',
  '<?xml encoding="utf-8"?><a/>',
  '<?xml?><a/>',
  '<a><?xml version="1.0"?></a>',
  '<a><?XML?></a>',
  '<a><??></a>',
  '<a><?p:q?></a>',
  '<a><?p+?></a>',
  '<a><? p?></a>',
  '<?p',
  '<!DOCTYPE a><a/>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<!-- -- --><a/>',
  '<!--->-><a/>',
  '<a><!--</a>',
  '<!ELEMENT a><a/>',
  '<a><![CDATA[</a>',
  '<![CDATA[x]]><a/>',
  '<a>]]></a>',
  '<a>&b;</a>',
  '<a>&</a>',
  '<a>& b</a>',
  '<a>&#;</a>',
  '<a>&#x;</a>',
  '<a>&#0;</a>',
  '<a>&#xD800;</a>',
  '<a>&#x110000;</a>',
  '<a>&#99999999999999999999;</a>',
  '<a>&#X41;</a>',
  '<a>&amp</a>',
  '<a b="&c;"/>',
  '<a b="<"/>',
  '<a b="1"c="2"/>',
  '<a b=1/>',
  '<a b/>',
  '<a b="1" b="2"/>',
  '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
  '<a xmlns="u" xmlns="v"/>',
  '<a xmlns:p="u" xmlns:p="u"/>',
  '<p:a/>',
  '<a p:b="1"/>',
  '<a><p:b xmlns:p="u"/><p:b/></a>',
  '<a xmlns:p=""/>',
  '<a xmlns:xmlns="u"/>',
  '<a xmlns:xml="u"/>',
  '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>',
  '<a xmlns="http://www.w3.org/2000/xmlns/"/>',
  '<xmlns:a/>',
  '<a:b:c xmlns:a="u"/>',
  '<:a/>',
  '<a: xmlns:a="u"/>',
  '<1a/>',
  '<-a/>',
  '<a b:="1"/>',
  '< a/>',
  '<a / >',
  '<a></a b>',
  '<a></ a>',
  '<a\u0000/>',
  '<a>\u0001</a>',
  '<a b="\u000b"/>',
  '<a>\ufffe</a>',
  '<!--\uffff--><a/>',
  '<a>\u001f</a>',
  '<a><![CDATA[\u0002]]></a>',
  '<?p \u0003?><a/>',
  '<a×/>',
  '<a/',
  '<a/><',
  '<a/><!-',
  '<',
  `${'<a>'.repeat(513)}${'</a>'.repeat(513)}`,
  `<a ${Array.from({ length: 1001 }, (_, i) => `b${i}="${i}"`).join(' ')}/>`,
  `<a ${Array.from({ length: 20 }, (_, i) => `b${i % 19}="${i}"`).join(' ')}/>`,
  `<a ${Array.from({ length: 101 }, (_, i) => `xmlns:b${i % 60}="u"`).join(' ')}/>`,
  `<${'a'.repeat(1025)}/>`,
]

describe('the tape', () => {
  test.each(VALID)('holds what the tree holds: %j', (xml) => {
    expect(tapeOf(xml)).toBeDefined()
    agree(xml)
  })

  test.each(INVALID)('refuses what the tree refuses: %j', (xml) => {
    expect(tapeOf(xml)).toBeUndefined()
    agree(xml)
  })

  test('refuses bytes that are not UTF-8, and documents that say so', () => {
    expect(tapeOf(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toBeUndefined()
    expect(createTape(Buffer.from('<a/>', 'utf16le'))).toBeUndefined()
    expect(createTape(Buffer.from('<a/>'), 'iso-8859-1')).toBeUndefined()
    expect(tapeOf('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')).toBeUndefined()
    expect(createTape(Buffer.from('<a/>'), 'UTF-8')).toBeDefined()
  })

  const documents = fc
    .array(
      fc.constantFrom(
        '<a>',
        '</a>',
        '<b xmlns="u">',
        '</b>',
        '<p:c xmlns:p="v" p:x="1">',
        '</p:c>',
        '<d/>',
        'text',
        '&lt;',
        '<!--c-->',
        '<?p i?>',
        '<![CDATA[<]]>',
        ' ',
        '\r\n',
        'é',
        '<a x="1" y=\'2\'/>',
        ']]',
        '&#x41;',
      ),
      { maxLength: 20 },
    )
    .map((parts) => `<r xmlns:q="w">${parts.join('')}</r>`)
  const bytes = fc.constantFrom(...'<>/="\'&;!?-[]: abx\r\n#\u0000\u0001é'.split(''))
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), bytes), { maxLength: 3 })

  test('agrees with the tree about documents with anything in them changed', () => {
    fc.assert(
      fc.property(documents, changes, (xml, edits) => {
        let changed = xml
        for (const [at, length, text] of edits) {
          const from = at % (changed.length + 1)
          changed = changed.slice(0, from) + text + changed.slice(from + length)
        }
        agree(changed)
      }),
      { numRuns: 6000, seed: 3 },
    )
  })

  test('agrees with the tree about well-formed documents', () => {
    const { element } = fc.letrec<{ element: string; part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('t', '&amp;', '<!--c-->', '<![CDATA[x]]>', '\r\n'),
        tie('element'),
      ),
      element: fc
        .tuple(
          fc.constantFrom('a', 'b', 'q:a', 'q:b'),
          fc.constantFrom('', ' xmlns="u"', ' xmlns:q="x"', ' x="1" q:x="2"', ' xmlns="" y="&quot;\t"'),
          fc.array(tie('part'), { maxLength: 4 }),
        )
        .map(([name, attributes, parts]) => `<${name}${attributes}>${parts.join('')}</${name}>`),
    }))
    fc.assert(
      fc.property(element, (xml) => {
        const document = `<r xmlns:q="w">${xml}</r>`
        expect(tapeOf(document)).toBeDefined()
        agree(document)
      }),
      { numRuns: 1500, seed: 4 },
    )
  })

  test('compares values without making strings', () => {
    const tape = tapeOf('<a x="é&amp;"><b>é</b><c>1<d>2</d></c><e/><f>&lt;</f></a>')
    const equals = (index: number, text: string): boolean => {
      const nodes = tape ? [...elements(tape)] : []
      return tape?.equals(nodes[index] ?? -1, text, Buffer.from(text)) ?? false
    }
    expect(equals(1, 'é')).toBe(true)
    expect(equals(1, 'e')).toBe(false)
    expect(equals(2, '12')).toBe(true)
    expect(equals(4, '')).toBe(true)
    expect(equals(4, 'x')).toBe(false)
    expect(equals(5, '<')).toBe(true)
    expect(equals(0, 'é12<')).toBe(true)
    expect(tape?.equals(tape.firstInside(tape.root), 'é&', Buffer.from('é&'))).toBe(true)
    expect(tape?.source([...elements(tape)][2] ?? -1)).toBe('<c>1<d>2</d></c>')
  })

  test('names beyond what a tape counts, and names made to collide, are left to the tree', () => {
    const many = Array.from({ length: 70 }, (_, i) => `<p${i}:a xmlns:p${i}="urn:${i}"/>`).join('')
    expect(parse(`<r>${many}</r>`)).toBeDefined()
    expect(tapeOf(`<r>${many}</r>`)).toBeUndefined()
    // Ab and BC have the same hash, and so has every word made of them.
    const colliding = Array.from({ length: 64 }, (_, i) =>
      i.toString(2).padStart(6, '0').replaceAll('0', 'Ab').replaceAll('1', 'BC'),
    )
    expect(tapeOf(`<r>${colliding.map((name) => `<${name}/>`).join('')}</r>`)).toBeUndefined()
  })

  test('a large document with thousands of names is read in linear time', () => {
    const xml = `<r>${Array.from({ length: 20_000 }, (_, i) => `<n${i} a${i}="1">x</n${i}>`).join('')}</r>`
    const start = performance.now()
    expect(tapeOf(xml)).toBeDefined()
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

function* elements(tape: Tape): Generator<TapeNode> {
  for (let node = tape.firstInside(-1); node < tape.end; node = tape.next(node))
    if (tape.kind(node) === ELEMENT) yield node
}

test('a document of more nodes than the tree takes is left to the tree, which refuses it', () => {
  const text = `<a>${'<b/>'.repeat(2_000_000)}</a>`
  expect(createTape(Buffer.from(text))).toBeUndefined()
  expect(() => parseXml(text)).toThrow(/more than 2000000 nodes/)
})
