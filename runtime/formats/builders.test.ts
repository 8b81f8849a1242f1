import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { Headers } from '../headers.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import { bodyChild, bodyOf, soapVersion } from '../soap/envelope.ts'
import { payloadBytes, payloadText } from '../soap/payload.ts'
import { VersionMismatch } from '../soap/version-mismatch.ts'
import { printXml } from '../xml/print.ts'
import { buildInfoset } from './builders.ts'
import type { Infoset } from './infoset.ts'

interface Parts {
  readonly headers?: Record<string, string>
  readonly target?: string
}

const build = (
  contentType: string | undefined,
  body: string | Buffer | undefined,
  { headers = {}, target }: Parts = {},
): Infoset =>
  buildInfoset({
    bytes: body === undefined ? undefined : Buffer.from(body),
    contentType,
    headers: Headers.of(headers),
    target,
    settings: DEFAULT_SETTINGS,
    attachments: new Map(),
  })

const payload = ({ tree }: Infoset): string =>
  printXml(bodyOf(tree))
    .replace(/^<[^>]*>/, '')
    .replace(/<\/[^>]*>$/, '')

const faultOf = (run: () => unknown): Fault => {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

const S11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const S12 = 'http://www.w3.org/2003/05/soap-envelope'
const soap = (ns: string, body = '<a/>', before = '') =>
  `<e:Envelope xmlns:e="${ns}">${before}<e:Body>${body}</e:Body></e:Envelope>`
const ACTION = { headers: { SOAPAction: '"urn:x"' } }

describe('text/xml', () => {
  it('is a SOAP 1.1 envelope', () => {
    const infoset = build('text/xml; charset=UTF-8', soap(S11), ACTION)
    expect(infoset.rest).toBe(false)
    expect(soapVersion(infoset.tree)).toBe('1.1')
    expect(bodyChild(infoset.tree)?.name).toBe('a')
  })

  it('is plain XML when its root is no envelope and there is no SOAPAction', () => {
    const infoset = build('text/xml', '<a>1</a>')
    expect(infoset.rest).toBe(true)
    expect(printXml(infoset.tree)).toBe(
      `<soapenv:Envelope xmlns:soapenv="${S11}"><soapenv:Body><a>1</a></soapenv:Body></soapenv:Envelope>`,
    )
  })

  it('is refused as plain XML when SOAPAction promises an envelope', () => {
    expect(faultOf(() => build('text/xml', '<a/>', ACTION)).code).toBe(601000)
  })

  it('with an envelope of another version, or of none, is a version mismatch', () => {
    expect(faultOf(() => build('text/xml', soap(S12)))).toBeInstanceOf(VersionMismatch)
    expect(faultOf(() => build('text/xml', soap('urn:other')))).toBeInstanceOf(VersionMismatch)
    expect(faultOf(() => build('text/xml', '<Envelope><Body/></Envelope>'))).toBeInstanceOf(VersionMismatch)
    expect(faultOf(() => build('application/soap+xml', soap(S11)))).toMatchObject({ version: '1.2' })
  })

  it('is decoded by its charset, its byte order mark, or its declaration', () => {
    const text = '<a>é</a>'
    expect(payload(build('text/xml; charset=ISO-8859-1', Buffer.from(text, 'latin1')))).toBe('<a>é</a>')
    expect(payload(build('text/xml; charset=utf-16', Buffer.from(`\uFEFF${text}`, 'utf16le')))).toBe('<a>é</a>')
    expect(
      payload(build('text/xml', Buffer.from(`<?xml version="1.0" encoding="windows-1252"?>${text}`, 'latin1'))),
    ).toBe('<a>é</a>')
  })

  it.each([
    ['malformed markup', '<a>\n<b></a>', /line 2/],
    ['a document type', '<!DOCTYPE a><a/>', /./],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), /UTF-8/],
  ])('with %s is fault 601000 that says why', (_, body, reason) => {
    const fault = faultOf(() => build('text/xml', body))
    expect(fault.code).toBe(601000)
    expect(fault.message).toMatch(reason)
  })

  it.each([
    ['no Body', `<e:Envelope xmlns:e="${S11}"/>`],
    ['two Bodies', `<e:Envelope xmlns:e="${S11}"><e:Body/><e:Body/></e:Envelope>`],
    ['two Headers', `<e:Envelope xmlns:e="${S11}"><e:Header/><e:Header/><e:Body/></e:Envelope>`],
    ['the Header behind the Body', `<e:Envelope xmlns:e="${S11}"><e:Body/><e:Header/></e:Envelope>`],
    ['text beside the Body', `<e:Envelope xmlns:e="${S11}">x<e:Body/></e:Envelope>`],
    ['an instruction', soap(S11, '<?x y?>')],
    ['501 header blocks', soap(S11, '', `<e:Header>${'<h xmlns="urn:h"/>'.repeat(501)}</e:Header>`)],
  ])('with an envelope that has %s is fault 601000', (_, body) => {
    expect(faultOf(() => build('text/xml', body)).code).toBe(601000)
  })

  it('takes "<?" inside CDATA and trailing elements of SOAP 1.1', () => {
    expect(payload(build('text/xml', soap(S11, '<a><![CDATA[<?x?>]]></a>')))).toContain('<?x?>')
    expect(build('text/xml', `<e:Envelope xmlns:e="${S11}"><e:Body/><t xmlns="urn:t"/></e:Envelope>`).rest).toBe(false)
  })

  it('without a single byte is an empty envelope', () => {
    expect(printXml(build('text/xml', '').tree)).toBe(
      `<soapenv:Envelope xmlns:soapenv="${S11}"><soapenv:Body/></soapenv:Envelope>`,
    )
  })
})

describe('other types', () => {
  it('application/soap+xml is a SOAP 1.2 envelope', () => {
    expect(soapVersion(build('application/soap+xml; action="urn:a"', soap(S12)).tree)).toBe('1.2')
  })

  it('application/xml and +xml put their root into the body, instructions before it aside', () => {
    expect(payload(build('application/xml', '<?p i?><a xmlns="urn:a"/>'))).toBe('<a xmlns="urn:a"/>')
    expect(payload(build('application/vnd.x+xml', '<a/>'))).toBe('<a/>')
  })

  it('JSON becomes jsonObject', () => {
    expect(payload(build('application/json', ' {"a":1}'))).toBe('<jsonObject><a>1</a></jsonObject>')
    expect(payload(build('application/vnd.x+json', '[1]'))).toBe('<jsonArray><jsonElement>1</jsonElement></jsonArray>')
    expect(payload(build('application/json', Buffer.from('\uFEFF{"a":1}')))).toBe('<jsonObject><a>1</a></jsonObject>')
  })

  it('malformed JSON is fault 601000', () => {
    for (const body of ['{', "{'a':1}", '[1,]', '01', 'NaN', '<a/>']) {
      expect(faultOf(() => build('application/json', body)).code).toBe(601000)
    }
  })

  it('a form has one element for each parameter, those of the URL first', () => {
    const form = build('application/x-www-form-urlencoded; charset=utf-8', 'a=1+2&b=%C3%A9&a=%zz&1x=&$y=4', {
      target: '/p?q=7',
    })
    expect(payload(form)).toBe(
      '<xformValues><q>7</q><a>1 2</a><b>é</b><a>%zz</a><_JsonReader_PD_1x/><_JsonReader_PS_y>4</_JsonReader_PS_y></xformValues>',
    )
  })

  it('a request without a body has the parameters of its URL as payload', () => {
    expect(payload(build(undefined, undefined, { target: '/x?symbol=IBM&n=1' }))).toBe(
      '<xformValues><symbol>IBM</symbol><n>1</n></xformValues>',
    )
    expect(payload(build(undefined, undefined, { target: '/x' }))).toBe('')
  })

  it('text and bytes are wrapped', () => {
    expect(payloadText(build('text/plain; charset=iso-8859-1', Buffer.from('é<', 'latin1')).tree)).toBe('é<')
    expect(payload(build('text/plain', 'x'))).toBe('<text xmlns="http://ws.apache.org/commons/ns/payload">x</text>')
    const bytes = Buffer.from([0, 255, 1])
    expect(payloadBytes(build('application/octet-stream', bytes).tree)).toEqual(bytes)
    expect(payload(build('application/octet-stream', bytes))).toBe(
      '<binary xmlns="http://ws.apache.org/commons/ns/payload">AP8B</binary>',
    )
  })

  it('unknown types are XML when they look like it, text when they are called so, else bytes', () => {
    expect(payload(build('application/x-acme', ' <a/>'))).toBe('<a/>')
    expect(payloadText(build('text/html', '<p>').tree)).toBe('<p>')
    expect(payloadBytes(build('image/png', 'PNG').tree)?.toString()).toBe('PNG')
    expect(payloadBytes(build(undefined, '<a/>').tree)?.toString()).toBe('<a/>')
    expect(build('application/x-acme', soap(S11), ACTION).rest).toBe(false)
  })

  it('compressed bytes are no XML', () => {
    expect(faultOf(() => build('text/xml', gzipSync('<a/>'))).code).toBe(601000)
  })
})

describe('multipart/form-data', () => {
  const part = (head: string, body: string) => `--X\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`
  const form = (...parts: string[]) => build('multipart/form-data; boundary=X', `${parts.join('')}--X--\r\n`)

  it('has an element for each field, and files as binary text', () => {
    const infoset = form(
      part('name="a"', 'é'),
      part('name="f"; filename="../x.bin"\r\nContent-Type: image/png', 'BYTES'),
    )
    expect(payload(infoset)).toBe(
      '<xformValues><a>é</a><f filename="x.bin" content-type="image/png">QllURVM=</f></xformValues>',
    )
  })

  it('takes names from outside as data', () => {
    expect(payload(form(part('name="__proto__"', '1'), part('name="a[__proto__][b]"', '2')))).toBe(
      '<xformValues><__proto__>1</__proto__><a_JsonReader_91___proto___JsonReader_93__JsonReader_91_b_JsonReader_93_>2</a_JsonReader_91___proto___JsonReader_93__JsonReader_91_b_JsonReader_93_></xformValues>',
    )
  })

  it.each([
    ['ends early', '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nv'],
    ['ends inside a file', '--X\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nv'],
    ['has no boundary in it', 'v'],
    ['has a broken head', '--X\r\nContent-Disposition form-data\r\n\r\nv\r\n--X--'],
    ['has too many parts', `${part('name="a"', '').repeat(1001)}--X--`],
  ])('that %s is fault 601000', (_, body) => {
    expect(faultOf(() => build('multipart/form-data; boundary=X', body)).code).toBe(601000)
  })

  it('without a boundary is fault 601000', () => {
    expect(faultOf(() => build('multipart/form-data', 'x')).code).toBe(601000)
  })
})
