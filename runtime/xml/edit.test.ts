import { describe, expect, it } from 'vitest'
import {
  append,
  cloneNode,
  declareNamespace,
  detach,
  insertAfter,
  insertBefore,
  removeAttribute,
  replace,
  setAttribute,
  setText,
} from './edit.ts'
import { parseXml } from './parse.ts'
import { printXml } from './print.ts'
import { attributeValue, elements, firstElement, inScopeNamespaces, namespaceOf, textOf } from './select.ts'
import { NO_ATTRIBUTES, NO_DECLARATIONS, XmlComment, XmlDocument, XmlElement, XmlInstruction, XmlText } from './tree.ts'

const parts = (text: string): { root: XmlElement; children: XmlElement[] } => {
  const { root } = parseXml(text)
  return { root, children: elements(root) }
}

const at = (children: readonly XmlElement[], index: number): XmlElement => {
  const child = children[index]
  if (child === undefined) throw new Error(`there is no child ${index}`)
  return child
}

describe('placing nodes', () => {
  it('appends, and inserts before and after', () => {
    const { root, children } = parts('<a><b/></a>')
    append(root, new XmlElement('z'))
    insertBefore(new XmlText('x'), at(children, 0))
    insertAfter(new XmlComment('y'), at(children, 0))
    expect(printXml(root)).toBe('<a>x<b/><!--y--><z/></a>')
    expect(root.children.every(({ parent }) => parent === root)).toBe(true)
  })

  it('moves a node that has a parent', () => {
    const { root, children } = parts('<a><b/><c/><d><e/></d></a>')
    append(root, at(children, 0))
    expect(printXml(root)).toBe('<a><c/><d><e/></d><b/></a>')
    insertBefore(at(children, 0), at(children, 1))
    expect(printXml(root)).toBe('<a><b/><c/><d><e/></d></a>')
    insertAfter(at(elements(at(children, 2)), 0), at(children, 0))
    expect(printXml(root)).toBe('<a><b/><e/><c/><d/></a>')
    insertBefore(at(children, 1), at(children, 1))
    expect(printXml(root)).toBe('<a><b/><e/><c/><d/></a>')
  })

  it('replaces a node by none, one or several, itself among them', () => {
    const { root, children } = parts('<a><b/><c/><d/></a>')
    replace(at(children, 1), new XmlText('x'), at(children, 1), at(children, 0))
    expect(printXml(root)).toBe('<a>x<c/><b/><d/></a>')
    replace(at(children, 0))
    expect(printXml(root)).toBe('<a>x<c/><d/></a>')
    expect(at(children, 0).parent).toBeNull()
  })

  it('replaces the root of a document', () => {
    const document = parseXml('<!--c--><a/>')
    replace(document.root, new XmlElement('b'))
    expect(printXml(document)).toBe('<!--c--><b/>')
    expect(() => append(document, new XmlText('x'))).toThrow(TypeError)
  })

  it('refuses to put an element into itself, or beside a node that stands nowhere', () => {
    const { root, children } = parts('<a><b/></a>')
    expect(() => append(at(children, 0), root)).toThrow(TypeError)
    expect(() => append(root, root)).toThrow(TypeError)
    expect(() => insertAfter(new XmlText('x'), new XmlText('y'))).toThrow(TypeError)
    expect(() => replace(new XmlText('y'))).toThrow(TypeError)
  })
})

describe('namespaces of moved elements', () => {
  const SOURCE = '<s:E xmlns:s="urn:s" xmlns:t="urn:t" xmlns="urn:d"><s:B><a type="t:T"><b/></a></s:B></s:E>'
  const inner = (): XmlElement => at(elements(at(elements(parseXml(SOURCE).root), 0)), 0)

  it('stay in force, also for names in content', () => {
    const clone = cloneNode(inner())
    expect(namespaceOf('t', clone)).toBe('urn:t')
    expect(firstElement(clone, 'b', 'urn:d')?.parent).toBe(clone)
    const target = parseXml('<x xmlns="urn:x" xmlns:t="urn:other"/>')
    append(target.root, detach(inner()))
    const printed = parseXml(printXml(target)).root
    expect(namespaceOf('t', at(elements(printed), 0))).toBe('urn:t')
    expect(textOf(printed)).toBe('')
  })

  it('come along only when names or words of the content may need them', () => {
    const { children } = parts(
      '<r xmlns="urn:d" xmlns:s="urn:s" xmlns:t="urn:t" xmlns:u="urn:u" xmlns:v="urn:v"><x:a xmlns:x="urn:x" list="t xx"><x:b>//u:c sv</x:b></x:a><b/></r>',
    )
    expect(Object.fromEntries(inScopeNamespaces(cloneNode(at(children, 0))))).toEqual({
      x: 'urn:x',
      t: 'urn:t',
      u: 'urn:u',
    })
    expect(Object.fromEntries(inScopeNamespaces(cloneNode(at(children, 1))))).toEqual({ '': 'urn:d' })
    const many = Array.from({ length: 30 }, (_, i) => `xmlns:n${i}="urn:${i}"`).join(' ')
    expect(inScopeNamespaces(cloneNode(at(parts(`<a ${many}><b/></a>`).children, 0))).size).toBe(30)
  })

  it('are not repeated where the new place has them', () => {
    const { root } = parseXml(SOURCE)
    const body = at(elements(root), 0)
    const a = at(elements(body), 0)
    append(body, cloneNode(a))
    append(body, detach(a))
    expect(printXml(root)).toBe(SOURCE.replace(/<a.*<\/a>/, (found) => found + found))
  })

  it('are left alone at the top of a document', () => {
    const document = parseXml('<a/>')
    expect(detach(document.root).declarations).toBe(NO_DECLARATIONS)
  })

  it('can be declared', () => {
    const { root } = parseXml('<a xmlns:p="urn:1"/>')
    declareNamespace(root, 'p', 'urn:2')
    declareNamespace(root, 'q', 'urn:3')
    declareNamespace(root, 'q', 'urn:3')
    expect(printXml(root)).toBe('<a xmlns:p="urn:2" xmlns:q="urn:3"/>')
  })
})

describe('cloneNode', () => {
  it('copies deeply and shares nothing that can change', () => {
    const document = parseXml('<!--c--><?p d?><a x="1"><b>t</b><![CDATA[u]]></a>')
    const clone = cloneNode(document)
    expect(printXml(clone)).toBe(printXml(document))
    setAttribute(clone.root, 'x', '2')
    setText(at(elements(clone.root), 0), 'v')
    expect(printXml(document)).toBe('<!--c--><?p d?><a x="1"><b>t</b><![CDATA[u]]></a>')
    expect(clone.root.parent).toBe(clone)
    expect(clone.root.attributes[0]?.parent).toBe(clone.root)
  })

  it('keeps binary content binary', () => {
    const binary = { bytes: Buffer.from('abc'), contentType: 'image/gif' }
    const { root } = parseXml('<a/>')
    setText(root, binary)
    expect((cloneNode(root).children[0] as XmlText).binary).toBe(binary)
    expect(textOf(root)).toBe('YWJj')
  })
})

describe('attributes and text', () => {
  it('are set, replaced and removed by expanded name', () => {
    const { root } = parseXml('<a/>')
    expect(root.attributes).toBe(NO_ATTRIBUTES)
    setAttribute(root, 'x', '1')
    setAttribute(root, 'x', '2', 'urn:1', 'p')
    setAttribute(root, 'x', '3')
    expect([attributeValue(root, 'x'), attributeValue(root, 'x', 'urn:1'), attributeValue(root, 'y')]).toEqual([
      '3',
      '2',
      undefined,
    ])
    expect(printXml(root)).toBe('<a xmlns:p="urn:1" x="3" p:x="2"/>')
    removeAttribute(root, 'x')
    removeAttribute(root, 'nope')
    expect(printXml(root)).toBe('<a xmlns:p="urn:1" p:x="2"/>')
  })

  it('setText replaces all content', () => {
    const { root } = parseXml('<a>x<b/>y</a>')
    setText(root, '<z>')
    expect(printXml(root)).toBe('<a>&lt;z&gt;</a>')
    setText(root, '')
    expect(printXml(root)).toBe('<a/>')
  })
})

describe('selecting', () => {
  const document = parseXml(
    '<a xmlns:p="urn:1" xmlns="urn:d">1<p:b>2<!--3--><c xmlns=""><![CDATA[4]]></c></p:b><?p 5?><b>6</b></a>',
  )
  const { root } = document

  it('textOf concatenates text without comments and instructions', () => {
    expect(textOf(document)).toBe('1246')
    expect(textOf(root)).toBe('1246')
    expect([new XmlComment('c'), new XmlInstruction('n', 'd'), new XmlText('t')].map(textOf)).toEqual(['c', 'd', 't'])
    expect(textOf(new XmlElement('a'))).toBe('')
  })

  it('finds child elements by name and namespace', () => {
    expect(elements(root).map(({ prefix, name }) => prefix + name)).toEqual(['pb', 'b'])
    expect(firstElement(document)).toBe(root)
    expect(firstElement(root, 'b')?.namespace).toBe('urn:1')
    expect(firstElement(root, 'b', 'urn:d')?.namespace).toBe('urn:d')
    expect(firstElement(root, 'c')).toBeUndefined()
  })

  it('knows the namespaces in force', () => {
    const c = at(elements(at(elements(root), 0)), 0)
    expect(Object.fromEntries(inScopeNamespaces(c))).toEqual({ p: 'urn:1' })
    expect(Object.fromEntries(inScopeNamespaces(root))).toEqual({ p: 'urn:1', '': 'urn:d' })
    expect(['p', '', 'q', 'xml'].map((prefix) => namespaceOf(prefix, c))).toEqual([
      'urn:1',
      '',
      undefined,
      'http://www.w3.org/XML/1998/namespace',
    ])
  })

  it('says so when a document has no root', () => {
    expect(() => new XmlDocument().root).toThrow('no root element')
  })
})
