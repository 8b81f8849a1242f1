import { elements, parseXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { WSSE } from '../names.ts'
import { openEnvelope } from './open-envelope.ts'

const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope'
const envelope = (inside: string, soap = SOAP_11): string =>
  `<e:Envelope xmlns:e="${soap}" xmlns:s="${WSSE}">${inside}</e:Envelope>`
const open = (text: string, actor?: string) => openEnvelope(parseXml(text), actor)

test.each([SOAP_11, SOAP_12])('the parts of an envelope of %s', (soap) => {
  const document = parseXml(envelope('<e:Header><s:Security/></e:Header><e:Body/>', soap))
  const { header, body, security } = openEnvelope(document, undefined)
  const [first, second] = elements(document.root)
  expect([header, body]).toEqual([first, second])
  expect(security).toBe(elements(first ?? document.root)[0])
})

test('a header is not needed', () => {
  expect(open(envelope('<e:Body/>'))).toMatchObject({ header: undefined, security: undefined })
})

describe('a wrong shape is refused', () => {
  test.each([
    ['no envelope', '<x/>', 'no SOAP envelope'],
    ['an envelope of nobody', '<e:Envelope xmlns:e="urn:e"><e:Body/></e:Envelope>', 'no SOAP envelope'],
    ['nothing', envelope(''), 'no Body'],
    ['no body', envelope('<e:Header/>'), 'no Body'],
    ['a body of nobody', envelope('<Body/>'), 'no Body'],
    ['a body before the header', envelope('<e:Body/><e:Header/>'), 'an element follows the Body'],
    ['two headers', envelope('<e:Header/><e:Header/><e:Body/>'), 'no Body'],
    ['two bodies', envelope('<e:Header/><e:Body/><e:Body/>'), 'an element follows the Body'],
    ['something behind', envelope('<e:Body/><x/>'), 'an element follows the Body'],
    ['something before', envelope('<x/><e:Body/>'), 'no Body'],
    ['text', envelope('<e:Body/>text'), 'text stands in the envelope'],
    ['an instruction before', `<?x?>${envelope('<e:Body/>')}`, 'a processing instruction stands beside'],
    ['an instruction behind', `${envelope('<e:Body/>')}<?x?>`, 'a processing instruction stands beside'],
  ])('%s', (_what, text, message) => {
    expect(() => open(text)).toThrow(message)
  })
})

describe('the security header', () => {
  const inHeader = (inside: string, soap = SOAP_11): string => envelope(`<e:Header>${inside}</e:Header><e:Body/>`, soap)

  test.each([
    [SOAP_11, '<s:Security/>', undefined, true],
    [SOAP_11, '<s:Security e:actor="a"/>', undefined, false],
    [SOAP_11, '<s:Security e:actor="a"/>', 'a', true],
    [SOAP_11, '<s:Security e:actor="a"/>', 'b', false],
    [SOAP_11, '<s:Security/>', 'a', false],
    [SOAP_11, '<s:Security actor="a"/>', undefined, true],
    [SOAP_11, '<s:Security e:role="a"/>', undefined, true],
    [SOAP_12, '<s:Security e:role="a"/>', 'a', true],
    [SOAP_12, '<s:Security e:actor="a"/>', 'a', false],
    [SOAP_12, `<s:Security e:role="${SOAP_12}/role/ultimateReceiver"/>`, undefined, true],
    [SOAP_12, `<s:Security e:role="${SOAP_12}/role/next"/>`, undefined, false],
    [SOAP_11, '<Security/>', undefined, false],
  ])('%s %s for %s: %s', (soap, block, actor, found) => {
    expect(open(inHeader(block, soap), actor).security !== undefined).toBe(found)
  })

  test('of others stand beside ours', () => {
    expect(
      open(inHeader('<s:Security e:actor="a"/><s:Security/><s:Security e:actor="b"/>')).security?.attributes,
    ).toEqual([])
  })

  test.each([undefined, 'a'])('comes once for %s', (actor) => {
    const block = actor === undefined ? '<s:Security/>' : `<s:Security e:actor="${actor}"/>`
    expect(() => open(inHeader(block.repeat(2)), actor)).toThrow('two security headers for one actor')
  })
})
