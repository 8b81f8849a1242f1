import { DOMParser } from '@xmldom/xmldom'
import { XmlC14NMode, XmlDocument, XmlElement } from 'libxml2-wasm'
import type { CanonicalOptions } from 'viaduct'

/** What another XML processor makes of a text: its canonical form with comments, or the reason why it refuses. */
export type Verdict = { readonly canonical: string } | { readonly refusal: string }

export function libxml2Verdict(text: string): Verdict {
  let document: XmlDocument | undefined
  try {
    document = XmlDocument.fromString(text)
    return { canonical: document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_1_0, withComments: true }) }
  } catch (error) {
    return { refusal: (error as Error).message }
  } finally {
    document?.dispose()
  }
}

const MODES = {
  inclusive: XmlC14NMode.XML_C14N_1_0,
  'inclusive-1.1': XmlC14NMode.XML_C14N_1_1,
  exclusive: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
}

/** The canonical form of the element that has the attribute `apex`. */
export function libxml2Canonical(text: string, { form, comments = false, prefixes = [] }: CanonicalOptions): string {
  const document = XmlDocument.fromString(text)
  try {
    const apex = document.get('//*[@apex]')
    if (!(apex instanceof XmlElement)) throw new Error('no apex')
    return apex.canonicalizeToString({
      mode: MODES[form],
      withComments: comments,
      ...(form === 'exclusive' && { inclusiveNamespacePrefixes: [...prefixes] }),
    })
  } finally {
    document.dispose()
  }
}

/** The tree that xmldom builds, one line for each node; undefined when it refuses the text. */
export function xmldomTree(text: string): string[] | undefined {
  try {
    const parser = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message)
      },
    })
    return lines(parser.parseFromString(text, 'text/xml').documentElement as unknown as Node)
  } catch {
    return undefined
  }
}

interface Node {
  readonly nodeType: number
  readonly nodeName: string
  readonly nodeValue: string | null
  readonly localName: string | null
  readonly prefix: string | null
  readonly namespaceURI: string | null
  readonly attributes?: { readonly length: number; item(index: number): Node | null }
  readonly firstChild: Node | null
  readonly nextSibling: Node | null
}

function lines(element: Node): string[] {
  const attributes: string[] = []
  for (let i = 0; i < (element.attributes?.length ?? 0); i++) {
    const attribute = element.attributes?.item(i)
    if (attribute?.namespaceURI === 'http://www.w3.org/2000/xmlns/') continue
    attributes.push(
      `@{${attribute?.namespaceURI ?? ''}}${attribute?.prefix ?? ''}:${attribute?.localName}=${attribute?.nodeValue}`,
    )
  }
  const found = [`<{${element.namespaceURI ?? ''}}${element.prefix ?? ''}:${element.localName}`, ...attributes.sort()]
  for (let child = element.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === 1) found.push(...lines(child))
    else if (child.nodeType === 3 || child.nodeType === 4) found.push(`${child.nodeType}=${child.nodeValue}`)
    else if (child.nodeType === 7) found.push(`?${child.nodeName}=${child.nodeValue}`)
    else found.push(`!${child.nodeValue}`)
  }
  return [...found, '>']
}
