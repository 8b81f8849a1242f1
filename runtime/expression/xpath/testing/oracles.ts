import { DOMParser } from '@xmldom/xmldom'
import { XmlDocument as LibxmlDocument } from 'libxml2-wasm'
import xpath from 'xpath'
import { parseXml } from '../../../xml/index.ts'
import { ATTRIBUTE, type XmlDocument } from '../../../xml/tree.ts'
import { compileXPath, type XPathNode } from '../index.ts'
import { NAMESPACES } from './generate.ts'

/** What an engine answered: nodes as the places where they stand (`/0/2/@x`), so that engines can be compared. */
export type Answer = readonly string[] | string | number | boolean

/** One engine with one document, asked with the root element as context. */
export type Engine = (expression: string) => Answer

const host = { namespaces: (prefix: string) => NAMESPACES[prefix] }

export function ours(xml: string): Engine {
  const document = parseXml(xml)
  return (expression) => ourAnswer(expression, document)
}

export function ourAnswer(expression: string, document: XmlDocument): Answer {
  const value = compileXPath(expression, host).evaluate(document.root, undefined)
  return Array.isArray(value) ? value.map(place) : value
}

function place(node: XPathNode): string {
  const { parent } = node
  if (parent === null) return ''
  if (node.type === ATTRIBUTE) return `${place(parent)}/@{${node.namespace}}${node.name}`
  if (node.type === 13) return `${place(parent)}/#${node.name}`
  return `${place(parent)}/${parent.children.indexOf(node)}`
}

/** xpath on xmldom. Returns node-sets sorted, as its `select` does. */
export function xpathOnXmldom(xml: string): Engine {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const select = xpath.useNamespaces({ ...NAMESPACES })
  return (expression) => {
    const value: unknown = select(expression, document.documentElement as unknown as Node)
    return Array.isArray(value) ? value.map((node) => domPlace(node as Node)) : (value as Answer)
  }
}

function domPlace(node: Node): string {
  if (node.nodeType === ATTRIBUTE) {
    const { ownerElement, namespaceURI, localName } = node as Attr
    return `${ownerElement === null ? '' : domPlace(ownerElement)}/@{${namespaceURI ?? ''}}${localName}`
  }
  if (node.parentNode === null) return ''
  return `${domPlace(node.parentNode)}/${[...node.parentNode.childNodes].indexOf(node as ChildNode)}`
}

/** libxml2. Its wrapper has no document node, so an answer that holds one is not compared (undefined). */
export function libxml2(xml: string): { readonly ask: (expression: string) => Answer | undefined; dispose(): void } {
  const document = LibxmlDocument.fromString(xml)
  const places = new Map<number, string>()
  const mine = parseXml(xml)
  const all = compileXPath('/node() | //node() | //@*', host).nodes(mine, undefined)
  const theirs = document.eval('/node() | //node() | //@*')
  if (Array.isArray(theirs)) theirs.forEach((node, i) => places.set(pointer(node), place(all[i] as XPathNode)))
  return {
    ask: (expression) => {
      const value = document.root.eval(expression, { ...NAMESPACES })
      if (!Array.isArray(value)) return value
      const answer = value.map((node) => places.get(pointer(node)))
      return answer.every((found) => found !== undefined) ? answer : undefined
    },
    dispose: () => document.dispose(),
  }
}

const pointer = (node: object): number => (node as { readonly _nodePtr: number })._nodePtr
