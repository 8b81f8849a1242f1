import { describe, expect, it } from 'vitest'
import { parseXml } from '../xml/parse.ts'
import { printXml } from '../xml/print.ts'
import { createEnvelope, SOAP11 } from './envelope.ts'
import {
  hasAddressing,
  readAddressing,
  removeAddressing,
  writeAddressing,
  WSA_FINAL,
  WSA_SUBMISSION,
} from './ws-addressing.ts'

const addressed = (namespace: string) =>
  parseXml(
    `<s:Envelope xmlns:s="${SOAP11}"><s:Header xmlns:w="${namespace}"><w:To> http://b/x </w:To><w:Action>urn:a</w:Action>` +
      '<w:ReplyTo><w:Address>http://r/</w:Address><w:ReferenceParameters><p/></w:ReferenceParameters></w:ReplyTo>' +
      '<w:MessageID>urn:1</w:MessageID><k xmlns="urn:k"/></s:Header><s:Body/></s:Envelope>',
  )

describe.each([
  ['2005/08', WSA_FINAL],
  ['2004/08', WSA_SUBMISSION],
])('WS-Addressing %s', (_, namespace) => {
  it('is read', () => {
    expect(readAddressing(addressed(namespace))).toEqual({
      to: 'http://b/x',
      action: 'urn:a',
      replyTo: 'http://r/',
      messageId: 'urn:1',
    })
  })

  it('is removed without other headers', () => {
    const tree = addressed(namespace)
    expect(hasAddressing(tree)).toBe(true)
    expect(removeAddressing(tree)).toBe(true)
    expect(printXml(tree)).toContain('><k xmlns="urn:k"/></s:Header>')
    expect(hasAddressing(tree)).toBe(false)
    expect(removeAddressing(tree)).toBe(false)
  })
})

describe('WS-Addressing on the way out', () => {
  it('is written in front of the other headers, in place of what was there', () => {
    const tree = addressed(WSA_SUBMISSION)
    writeAddressing(tree, 'final', {
      to: 'http://c/',
      action: 'urn:b',
      messageId: 'urn:2',
      replyTo: `${WSA_FINAL}/anonymous`,
    })
    expect(printXml(tree)).toBe(
      `<s:Envelope xmlns:s="${SOAP11}"><s:Header xmlns:w="${WSA_SUBMISSION}" xmlns:wsa="${WSA_FINAL}"><wsa:To>http://c/</wsa:To>` +
        '<wsa:Action>urn:b</wsa:Action><wsa:MessageID>urn:2</wsa:MessageID>' +
        `<wsa:ReplyTo><wsa:Address>${WSA_FINAL}/anonymous</wsa:Address></wsa:ReplyTo><k xmlns="urn:k"/></s:Header><s:Body/></s:Envelope>`,
    )
  })

  it('makes the header of an envelope that has none', () => {
    const tree = createEnvelope()
    writeAddressing(tree, 'submission', { to: 'urn:t' })
    expect(printXml(tree)).toContain(
      `<soapenv:Header xmlns:wsa="${WSA_SUBMISSION}"><wsa:To>urn:t</wsa:To></soapenv:Header><soapenv:Body/>`,
    )
  })
})
