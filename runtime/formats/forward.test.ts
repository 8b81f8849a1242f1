import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { Headers } from '../headers.ts'
import { type Forwarding, forwarded } from './forward.ts'

const REQUEST: Forwarding = { direction: 'request', echo: false, rewritten: false, preserve: [] }
const REPLY: Forwarding = { ...REQUEST, direction: 'reply' }

describe('header fields on their way through the bus', () => {
  it('go on to a back end, except those of the connection and those that the bus writes', () => {
    const headers = new Headers([
      'Host',
      'bus:8280',
      'User-Agent',
      'curl',
      'Connection',
      'keep-alive',
      'Keep-Alive',
      'timeout=5',
      'TE',
      'trailers',
      'Transfer-Encoding',
      'chunked',
      'Upgrade',
      'h2c',
      'Expect',
      '100-continue',
      'Date',
      'x',
      'Content-Length',
      '5',
      'Content-Type',
      'text/xml',
      'Proxy-Authorization',
      'Basic x',
      'SOAPAction',
      '"a"',
      'Authorization',
      'Basic y',
      'Cookie',
      'c',
      'X-A',
      '1',
      'x-a',
      '2',
      'Accept',
      '*/*',
    ])
    expect(forwarded(headers, REQUEST)).toEqual([
      'SOAPAction',
      '"a"',
      'Authorization',
      'Basic y',
      'Cookie',
      'c',
      'X-A',
      '1',
      'x-a',
      '2',
      'Accept',
      '*/*',
    ])
  })

  it('come back from a back end, except Server, Date and those of the connection', () => {
    const headers = new Headers([
      'Server',
      'x',
      'Date',
      'y',
      'Set-Cookie',
      'a',
      'Set-Cookie',
      'b',
      'Connection',
      'close',
      'ETag',
      '"1"',
    ])
    expect(forwarded(headers, REPLY)).toEqual(['Set-Cookie', 'a', 'Set-Cookie', 'b', 'ETag', '"1"'])
  })

  it('of a request are not shown to its client again', () => {
    const headers = new Headers([
      'Host',
      'h',
      'Authorization',
      'secret',
      'Cookie',
      'c',
      'Accept-Encoding',
      'gzip',
      'SOAPAction',
      'a',
      'X-Own',
      '1',
    ])
    expect(forwarded(headers, { ...REPLY, echo: true })).toEqual(['X-Own', '1'])
  })

  it('end here when Connection names them, unless the message needs them', () => {
    const headers = new Headers([
      'Connection',
      'X-Hop, content-type, SOAPAction, Cookie',
      'X-Hop',
      '1',
      'SOAPAction',
      'a',
      'Cookie',
      'c',
      'X-Hops',
      '2',
    ])
    expect(forwarded(headers, REQUEST)).toEqual(['SOAPAction', 'a', 'Cookie', 'c', 'X-Hops', '2'])
  })

  it('that describe bytes end with those bytes', () => {
    const headers = new Headers(['Content-Encoding', 'gzip', 'Content-MD5', 'x', 'X-A', '1'])
    expect(forwarded(headers, { ...REPLY, rewritten: true })).toEqual(['X-A', '1'])
    expect(forwarded(headers, REPLY)).toEqual(['Content-Encoding', 'gzip', 'Content-MD5', 'x', 'X-A', '1'])
  })

  it('are kept when the settings say so, those of the connection never', () => {
    const headers = new Headers(['User-Agent', 'curl', 'Connection', 'close', 'Host', 'h'])
    expect(forwarded(headers, { ...REQUEST, preserve: ['user-agent', 'connection'] })).toEqual(['User-Agent', 'curl'])
  })

  it('that a flow wrote with a line break in them are a fault', () => {
    for (const value of ['a\r\nX-Evil: 1', 'a\nb', 'a\0']) {
      const headers = new Headers()
      headers.set('X-A', value)
      expect(() => forwarded(headers, REPLY)).toThrow(Fault)
    }
    const headers = new Headers()
    headers.set('X A', '1')
    expect(() => forwarded(headers, REPLY)).toThrow(
      expect.objectContaining({ code: 'field-invalid', message: '"X A" cannot be the name of a header field' }),
    )
  })

  it('beyond Latin-1 leave as UTF-8', () => {
    const headers = new Headers()
    headers.set('X-A', 'é')
    headers.set('X-B', '日')
    expect(forwarded(headers, REPLY)).toEqual(['X-A', 'é', 'X-B', Buffer.from('日').toString('latin1')])
  })
})
