import { describe, expect, it } from 'vitest'
import { parseXml } from '../xml/parse.ts'
import { printXml } from '../xml/print.ts'
import { createEnvelope, SOAP11, SOAP12 } from './envelope.ts'
import { createFault, isSenderFault, readFault } from './fault.ts'

describe('a SOAP fault', () => {
  it('is written in SOAP 1.1', () => {
    const fault = createFault('1.1', { code: { name: 'Receiver', namespace: SOAP12 }, reason: 'a < b', role: 'urn:r' })
    expect(printXml(createEnvelope('1.1', [fault]))).toBe(
      `<soapenv:Envelope xmlns:soapenv="${SOAP11}"><soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode>` +
        '<faultstring>a &lt; b</faultstring><faultactor>urn:r</faultactor></soapenv:Fault></soapenv:Body></soapenv:Envelope>',
    )
  })

  it('is written in SOAP 1.2 with subcode, node and language', () => {
    const fault = createFault('1.2', {
      code: { name: 'Sender', namespace: SOAP12 },
      subcode: { name: 'Bad', namespace: 'urn:x', prefix: 'x' },
      reason: 'no',
      language: 'de',
      node: 'urn:n',
    })
    expect(printXml(createEnvelope('1.2', [fault]))).toBe(
      `<soapenv:Envelope xmlns:soapenv="${SOAP12}"><soapenv:Body><soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:Sender</soapenv:Value>` +
        '<soapenv:Subcode><soapenv:Value xmlns:x="urn:x">x:Bad</soapenv:Value></soapenv:Subcode></soapenv:Code>' +
        '<soapenv:Reason><soapenv:Text xml:lang="de">no</soapenv:Text></soapenv:Reason><soapenv:Node>urn:n</soapenv:Node>' +
        '</soapenv:Fault></soapenv:Body></soapenv:Envelope>',
    )
  })

  it('keeps a code of its own: as it is in SOAP 1.1, as subcode of Receiver in SOAP 1.2', () => {
    const code = { name: 'Mine', namespace: 'urn:m', prefix: 'm' }
    const own11 = createFault('1.1', { code, reason: 'r' })
    expect(printXml(own11)).toContain('<faultcode xmlns:m="urn:m">m:Mine</faultcode>')
    const own12 = printXml(createFault('1.2', { code, reason: 'r' }))
    expect(own12).toContain('<soapenv:Value>soapenv:Receiver</soapenv:Value>')
    expect(own12).toContain('<soapenv:Value xmlns:m="urn:m">m:Mine</soapenv:Value>')
  })

  it('is read with the names that its prefixes stand for', () => {
    const tree = parseXml(
      `<e:Envelope xmlns:e="${SOAP12}"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value xmlns:m="urn:m">m:Why</e:Value>` +
        '</e:Subcode></e:Code><e:Reason><e:Text xml:lang="en">because</e:Text></e:Reason><e:Detail><d/></e:Detail></e:Fault></e:Body></e:Envelope>',
    )
    const fault = readFault(tree)
    expect(fault?.code).toEqual({ name: 'Sender', namespace: SOAP12, prefix: 'e' })
    expect(fault?.subcode).toEqual({ name: 'Why', namespace: 'urn:m', prefix: 'm' })
    expect(fault?.reason).toBe('because')
    expect(fault?.detail).toHaveLength(1)
    expect(isSenderFault(tree)).toBe(true)
  })

  it('is nothing that an ordinary message has', () => {
    const tree = parseXml(`<e:Envelope xmlns:e="${SOAP11}"><e:Body><Fault/></e:Body></e:Envelope>`)
    expect(readFault(tree)).toBeUndefined()
    expect(isSenderFault(tree)).toBe(false)
  })
})
