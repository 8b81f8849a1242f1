import { expect, test } from 'vitest'
import type { Check } from './cases.ts'
import { evaluate, type Answer, type Scene } from './checks.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const envelope = (body: string) =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="${SOAP11}" xmlns:unused="urn:u"><s:Body>${body}</s:Body></s:Envelope>`
const xml = (body: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'text/xml; charset=UTF-8' },
  body,
})

const scene: Scene = {
  answers: new Map([['first', xml('<r><a>1</a></r>')]]),
  captured: () => [{ port: 8994, raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc' }],
  dropsLineBreaks: false,
  seesBodyOnly: false,
}
const closed: Answer = { status: undefined, headers: {}, body: '', error: 'socket hang up' }

const HOLDS: [string, Check, Answer, Partial<Scene>?][] = [
  ['status', { type: 'status', equals: 200 }, xml('')],
  ['notSuccess with a fault', { type: 'notSuccess' }, xml(envelope('<s:Fault/>'))],
  ['notSuccess with an error status', { type: 'notSuccess' }, xml('', 404)],
  ['notSuccess with a closed connection', { type: 'notSuccess' }, closed],
  ['notSuccess of an Axis2 client without an entity', { type: 'notSuccess' }, xml('', 202), { seesBodyOnly: true }],
  ['noSoapBody', { type: 'noSoapBody' }, xml('', 202)],
  ['bodyNotEmpty', { type: 'bodyNotEmpty' }, xml('x')],
  ['bodyContains', { type: 'bodyContains', value: 'b' }, xml('abc')],
  ['bodyContains of joined lines', { type: 'bodyContains', value: 'a\nb' }, xml('a\r\nb'), { dropsLineBreaks: true }],
  [
    'bodyContains in the printed content of the SOAP body',
    { type: 'bodyContains', value: '<p:a xmlns:p="urn:p" b="1"/>' },
    xml(`<s:Envelope xmlns:s="${SOAP11}" xmlns:p="urn:p"><s:Body><p:a b='1'></p:a></s:Body></s:Envelope>`),
    { seesBodyOnly: true },
  ],
  ['bodyNotContains', { type: 'bodyNotContains', value: 'z' }, xml('abc')],
  ['bodyEquals', { type: 'bodyEquals', value: 'a' }, xml('a')],
  ['bodyEqualsIgnoreCase', { type: 'bodyEqualsIgnoreCase', value: 'aB' }, xml('Ab')],
  ['bodyOrder', { type: 'bodyOrder', values: ['a', 'c'] }, xml('abc')],
  ['bodySameAsStep', { type: 'bodySameAsStep', step: 'first' }, xml('<r><a>1</a></r>')],
  [
    'jsonEquals whatever the order of members',
    { type: 'jsonEquals', value: { a: 1, b: [1, 2] } },
    xml('{"b":[1,2],"a":1.0}'),
  ],
  ['jsonEquals with unordered arrays', { type: 'jsonEquals', value: [1, 2], unorderedArrays: true }, xml('[2,1]')],
  ['jsonPath', { type: 'jsonPath', path: '$.a.b[1]', equals: 'x' }, xml('{"a":{"b":[0,"x"]}}')],
  [
    'xmlEquals with other prefixes',
    { type: 'xmlEquals', value: '<p:a xmlns:p="u" y="2" x="1"> <b/></p:a>' },
    xml('<a xmlns="u" x="1" y="2"><!-- c --><b xmlns="">\n</b></a>'),
  ],
  [
    'xpath',
    { type: 'xpath', expr: 'string(//p:a)', namespaces: { p: 'urn:p' }, equals: '7' },
    xml('<q:a xmlns:q="urn:p">7</q:a>'),
  ],
  ['xpath of an attribute', { type: 'xpath', expr: '/a/@b', equals: '7' }, xml('<a b="7"/>')],
  ['xpath of a boolean', { type: 'xpath', expr: 'count(/a) = 1', equals: 'true' }, xml('<a/>')],
  ['xpath contains', { type: 'xpath', expr: 'string(/a)', contains: 'b' }, xml('<a>abc</a>')],
  ['xpathCount', { type: 'xpathCount', expr: '//a', equals: 2 }, xml('<r><a/><a/></r>')],
  ['xpathMatches', { type: 'xpathMatches', expr: 'string(/a)', regex: '^\\d+$' }, xml('<a>12</a>')],
  ['xpathAll', { type: 'xpathAll', expr: '//a', equals: '1' }, xml('<r><a>1</a><a>1</a></r>')],
  ['xpathSameAsStep', { type: 'xpathSameAsStep', expr: 'string(//a)', step: 'first' }, xml('<x><a>1</a></x>')],
  [
    'xpathDiffersFromStep',
    { type: 'xpathDiffersFromStep', expr: 'string(//a)', step: 'first' },
    xml('<x><a>2</a></x>'),
  ],
  ['header', { type: 'header', name: 'Content-Type', equals: 'text/xml; charset=UTF-8' }, xml('')],
  ['header present', { type: 'header', name: 'X', present: false }, xml('')],
  ['headerMatches', { type: 'headerMatches', name: 'content-type', regex: 'charset=.+' }, xml('')],
  ['backendReceived', { type: 'backendReceived', backend: 'capture', contains: 'Content-Length' }, xml('')],
  ['backendReceivedHeader', { type: 'backendReceivedHeader', backend: '8994', name: 'host', contains: 'x' }, xml('')],
  [
    'anyOf',
    { type: 'anyOf', checks: [[{ type: 'bodyEquals', value: 'b' }], [{ type: 'bodyEquals', value: 'a' }]] },
    xml('a'),
  ],
]

test.each(HOLDS)('%s holds', async (_name, check, answer, special = {}) => {
  expect(await evaluate(check, answer, { ...scene, ...special })).toMatchObject({ ok: true })
})

const FAILS: [string, Check, Answer][] = [
  ['status of another answer', { type: 'status', equals: 200 }, xml('', 500)],
  ['status of a closed connection', { type: 'status', equals: 200 }, closed],
  ['notSuccess of a good answer', { type: 'notSuccess' }, xml('<a/>')],
  ['noSoapBody of a closed connection', { type: 'noSoapBody' }, closed],
  ['bodyContains of markup without the Axis2 client', { type: 'bodyContains', value: '<a/>' }, xml('<a></a>')],
  ['bodyOrder the other way', { type: 'bodyOrder', values: ['c', 'a'] }, xml('abc')],
  ['jsonEquals of no JSON', { type: 'jsonEquals', value: {} }, xml('<a/>')],
  ['jsonEquals in another order', { type: 'jsonEquals', value: [1, 2] }, xml('[2,1]')],
  ['xmlEquals with another namespace', { type: 'xmlEquals', value: '<a/>' }, xml('<a xmlns="u"/>')],
  ['xmlEquals of malformed XML', { type: 'xmlEquals', value: '<a/>' }, xml('<a>')],
  ['xpath on an answer that is no XML', { type: 'xpath', expr: '/a', equals: '' }, xml('text')],
  ['xpathAll without nodes', { type: 'xpathAll', expr: '//a', equals: '1' }, xml('<r/>')],
  ['bodySameAsStep of an unknown step', { type: 'bodySameAsStep', step: 'nowhere' }, xml('')],
  ['an unknown type', { type: 'bodyRhymes' }, xml('')],
]

test.each(FAILS)('%s fails', async (_name, check, answer) => {
  expect(await evaluate(check, answer, scene)).toMatchObject({ ok: false })
})
