import { parseXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { ALL_ALGORITHMS } from '../algorithms.ts'
import { DSIG, DSIG_MORE, EXC_C14N, XENC } from '../names.ts'
import { readSignature } from './signed-info.ts'

const C14N = `<CanonicalizationMethod Algorithm="${EXC_C14N}"/>`
const METHOD = `<SignatureMethod Algorithm="${DSIG_MORE}rsa-sha256"/>`
const TRANSFORMS = `<Transforms><Transform Algorithm="${EXC_C14N}"/></Transforms>`
const DIGEST = `<DigestMethod Algorithm="${XENC}sha256"/><DigestValue>YWJj</DigestValue>`
const REFERENCE = `<Reference URI="#a">${TRANSFORMS}${DIGEST}</Reference>`
const INFO = `<SignedInfo>${C14N}${METHOD}${REFERENCE}</SignedInfo>`
const VALUE = '<SignatureValue>YWJj</SignatureValue>'
const KEY = '<KeyInfo/>'
const read = (content: string, limit = 3) =>
  readSignature(parseXml(`<Signature xmlns="${DSIG}">${content}</Signature>`).root, ALL_ALGORITHMS, limit)

test('a signature is read', () => {
  const signature = read(`\n ${INFO} ${VALUE}<!-- c -->${KEY}`)
  expect(signature).toMatchObject({
    canonical: { form: 'exclusive' },
    algorithm: { kind: 'rsa', hash: 'sha256' },
    references: [{ uri: '#a', hash: 'sha256' }],
  })
  expect([signature.value.toString(), signature.references[0]?.digest.toString()]).toEqual(['abc', 'abc'])
})

test('references are as many as allowed', () => {
  const many = (count: number) => `<SignedInfo>${C14N}${METHOD}${REFERENCE.repeat(count)}</SignedInfo>${VALUE}${KEY}`
  expect(read(many(3)).references).toHaveLength(3)
  expect(() => read(many(4))).toThrow('a signature has 4 references')
})

describe('another shape is refused', () => {
  test.each([
    ['nothing', ''],
    ['no KeyInfo', INFO + VALUE],
    ['no value', INFO + KEY],
    ['no SignedInfo', VALUE + KEY],
    ['another order', VALUE + INFO + KEY],
    ['two SignedInfo', INFO + INFO + VALUE + KEY],
    ['two values', INFO + VALUE + VALUE + KEY],
    ['two KeyInfo', INFO + VALUE + KEY + KEY],
    ['an Object', `${INFO}${VALUE}${KEY}<Object/>`],
    ['something foreign', `${INFO}${VALUE}${KEY}<x xmlns="urn:x"/>`],
    ['a value of another namespace', `${INFO}<SignatureValue xmlns="urn:x">YWJj</SignatureValue>${KEY}`],
    ['no references', `<SignedInfo>${C14N}${METHOD}</SignedInfo>${VALUE}${KEY}`],
    ['no canonicalisation', `<SignedInfo>${METHOD}${REFERENCE}</SignedInfo>${VALUE}${KEY}`],
    ['no method', `<SignedInfo>${C14N}${REFERENCE}</SignedInfo>${VALUE}${KEY}`],
    ['two methods', `<SignedInfo>${C14N}${METHOD}${METHOD}${REFERENCE}</SignedInfo>${VALUE}${KEY}`],
    ['the method behind the references', `<SignedInfo>${C14N}${REFERENCE}${METHOD}</SignedInfo>${VALUE}${KEY}`],
    ['something else among the references', `<SignedInfo>${C14N}${METHOD}${REFERENCE}<x/></SignedInfo>${VALUE}${KEY}`],
    ['a Manifest among the references', `<SignedInfo>${C14N}${METHOD}<Manifest/></SignedInfo>${VALUE}${KEY}`],
  ])('%s', (_what, content) => {
    expect(() => read(content)).toThrow('wrong shape')
  })

  test.each([
    ['without a digest', `<Reference>${TRANSFORMS}<DigestMethod Algorithm="${XENC}sha256"/></Reference>`],
    ['without a digest method', `<Reference>${TRANSFORMS}<DigestValue>YWJj</DigestValue></Reference>`],
    ['with two digests', `<Reference>${TRANSFORMS}${DIGEST}<DigestValue>YWJj</DigestValue></Reference>`],
    ['with transforms behind', `<Reference>${DIGEST}${TRANSFORMS}</Reference>`],
    ['with two lists of transforms', `<Reference>${TRANSFORMS}${TRANSFORMS}${DIGEST}</Reference>`],
    [
      'with a digest that is no base64',
      `<Reference>${TRANSFORMS}<DigestMethod Algorithm="${XENC}sha256"/><DigestValue>?</DigestValue></Reference>`,
    ],
    ['with something among the transforms', `<Reference><Transforms><x/></Transforms>${DIGEST}</Reference>`],
    ['with a transform without name', `<Reference><Transforms><Transform/></Transforms>${DIGEST}</Reference>`],
  ])('a reference %s', (_what, reference) => {
    expect(() => read(`<SignedInfo>${C14N}${METHOD}${reference}</SignedInfo>${VALUE}${KEY}`)).toThrow('wrong shape')
  })
})

describe('an algorithm that is not allowed is refused', () => {
  const info = (c14n: string, method: string, reference: string) =>
    `<SignedInfo>${c14n}${method}${reference}</SignedInfo>${VALUE}${KEY}`

  test.each([
    ['canonicalisation', info(C14N.replace(EXC_C14N, 'urn:x'), METHOD, REFERENCE)],
    ['signature', info(C14N, METHOD.replace('rsa-sha256', 'rsa-md5'), REFERENCE)],
    ['digest', info(C14N, METHOD, REFERENCE.replace('sha256', 'sha3-256'))],
    [
      'parameters of the signature',
      info(C14N, METHOD.replace('/>', '><HMACOutputLength>8</HMACOutputLength></SignatureMethod>'), REFERENCE),
    ],
    ['a transform', info(C14N, METHOD, REFERENCE.replace(EXC_C14N, 'http://www.w3.org/TR/1999/REC-xslt-19991116'))],
    [
      'three transforms',
      info(
        C14N,
        METHOD,
        REFERENCE.replace('<Transforms>', `<Transforms>${`<Transform Algorithm="${EXC_C14N}"/>`.repeat(2)}`),
      ),
    ],
  ])('%s', (_what, content) => {
    expect(() => read(content)).toThrow('not allowed here')
  })
})
