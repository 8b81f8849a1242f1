import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { parseXml } from '../xml/parse.ts'
import { printXml } from '../xml/print.ts'
import { XmlDocument, XmlElement } from '../xml/tree.ts'
import { convertEnvelope } from './convert.ts'
import { draftEnvelope } from './draft.ts'
import {
  bodyChild,
  bodyOf,
  cloneDocument,
  createEnvelope,
  headerBlocks,
  headerOf,
  isFault,
  requireHeader,
  setBodyChild,
  soapVersion,
} from './envelope.ts'

const S11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const S12 = 'http://www.w3.org/2003/05/soap-envelope'
const envelope = (body: string, header = '', ns = S11) =>
  parseXml(
    `<s:Envelope xmlns:s="${ns}">${header === '' ? '' : `<s:Header>${header}</s:Header>`}<s:Body>${body}</s:Body></s:Envelope>`,
  )

describe('an envelope', () => {
  it('is made with a body and no header', () => {
    const tree = createEnvelope('1.2', [new XmlElement('a')])
    expect(printXml(tree)).toBe(
      `<soapenv:Envelope xmlns:soapenv="${S12}"><soapenv:Body><a/></soapenv:Body></soapenv:Envelope>`,
    )
    expect(soapVersion(tree)).toBe('1.2')
  })

  it('gets a header before its body when one is needed', () => {
    const tree = createEnvelope()
    requireHeader(tree).children.push(new XmlElement('h', 'urn:h'))
    expect(printXml(tree)).toBe(
      `<soapenv:Envelope xmlns:soapenv="${S11}"><soapenv:Header><h xmlns="urn:h"/></soapenv:Header><soapenv:Body/></soapenv:Envelope>`,
    )
    expect(requireHeader(tree)).toBe(headerOf(tree))
  })

  it('shows payload and header blocks, whatever the white space around them', () => {
    const tree = envelope('\n <p:a xmlns:p="urn:p"/>', '<h:x xmlns:h="urn:h"/><h:y xmlns:h="urn:h"/>')
    expect(bodyChild(tree)?.name).toBe('a')
    expect(headerBlocks(tree, 'urn:h').map(({ name }) => name)).toEqual(['x', 'y'])
    expect(headerBlocks(tree, 'urn:h', 'y')).toHaveLength(1)
  })

  it('takes another payload, or none', () => {
    const tree = envelope('<a/><b/>')
    setBodyChild(tree, new XmlElement('c'))
    expect(bodyOf(tree).children.map((child) => (child as XmlElement).name)).toEqual(['c'])
    setBodyChild(tree)
    expect(bodyChild(tree)).toBeUndefined()
  })

  it('without a body is a fault and no crash', () => {
    const tree = parseXml(`<s:Envelope xmlns:s="${S11}"/>`)
    expect(() => bodyOf(tree)).toThrow(Fault)
  })

  it('is copied in depth, without recursion', () => {
    const tree = envelope(`<a b="1">t<![CDATA[c]]><!--x--><?y z?>${'<d>'.repeat(400)}${'</d>'.repeat(400)}</a>`)
    const copy = cloneDocument(tree)
    expect(printXml(copy)).toBe(printXml(tree))
    const child = bodyChild(copy)
    if (child !== undefined) child.children = []
    expect(printXml(tree)).toContain('<d>')
    const deep = new XmlDocument()
    let at: XmlElement = new XmlElement('x', '', '', deep)
    deep.children.push(at)
    for (let i = 0; i < 50_000; i++) {
      const inner = new XmlElement('x', '', '', at)
      at.children.push(inner)
      at = inner
    }
    expect(cloneDocument(deep).root.name).toBe('x')
  })

  it('can be drafted: headers and body of the draft change without the original', () => {
    const tree = envelope('<a/>', '<h:x xmlns:h="urn:h"/>')
    const before = printXml(tree)
    const draft = draftEnvelope(tree)
    convertEnvelope(draft, '1.2')
    requireHeader(draft).children = []
    setBodyChild(draft)
    expect(printXml(tree)).toBe(before)
  })
})

describe('conversion between SOAP versions', () => {
  it('moves envelope and header attributes to the other version and leaves the payload alone', () => {
    const tree = envelope(
      `<p xmlns="urn:p" xmlns:s="${S11}" s:encodingStyle="x"/>`,
      '<h:x xmlns:h="urn:h" s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"/>',
    )
    convertEnvelope(tree, '1.2')
    expect(printXml(tree)).toBe(
      `<s:Envelope xmlns:s="${S12}"><s:Header><h:x xmlns:h="urn:h" s:mustUnderstand="true" s:role="${S12}/role/next"/></s:Header>` +
        `<s:Body><p xmlns="urn:p" xmlns:s="${S11}" s:encodingStyle="x"/></s:Body></s:Envelope>`,
    )
  })

  it('comes back to SOAP 1.1, where relay has no place', () => {
    const tree = envelope('', '<h:x xmlns:h="urn:h" s:mustUnderstand="true" s:relay="true" s:role="urn:r"/>', S12)
    convertEnvelope(tree, '1.1')
    expect(printXml(tree)).toBe(
      `<s:Envelope xmlns:s="${S11}"><s:Header><h:x xmlns:h="urn:h" s:mustUnderstand="1" s:actor="urn:r"/></s:Header><s:Body/></s:Envelope>`,
    )
  })

  it('translates faults', () => {
    const tree = envelope(
      '<s:Fault><faultcode>s:Client</faultcode><faultstring>bad</faultstring><faultactor>urn:me</faultactor><detail><d xmlns="urn:d">1</d></detail></s:Fault>',
    )
    convertEnvelope(tree, '1.2')
    expect(isFault(tree)).toBe(true)
    expect(printXml(tree)).toBe(
      `<s:Envelope xmlns:s="${S12}"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="en">bad</s:Text></s:Reason>` +
        '<s:Role>urn:me</s:Role><s:Detail><d xmlns="urn:d">1</d></s:Detail></s:Fault></s:Body></s:Envelope>',
    )
    convertEnvelope(tree, '1.1')
    expect(printXml(tree)).toBe(
      `<s:Envelope xmlns:s="${S11}"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>bad</faultstring><faultactor>urn:me</faultactor>` +
        '<detail><d xmlns="urn:d">1</d></detail></s:Fault></s:Body></s:Envelope>',
    )
  })

  it('does nothing when the version is right', () => {
    const tree = envelope('<a/>')
    const before = printXml(tree)
    convertEnvelope(tree, '1.1')
    expect(printXml(tree)).toBe(before)
  })
})
