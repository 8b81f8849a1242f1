import { createHash } from 'node:crypto'
import { canonicalXml, elements, parseXml, XmlText } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { DSIG, EXC_C14N } from '../names.ts'
import { SECURITY_LIMITS } from '../verify-plan.ts'
import { WorkBudget } from '../work-budget.ts'
import { canonicalBytes, canonicalDigest } from './canonical-bytes.ts'
import { CANONICAL_FORMS, readCanonicalMethod } from './canonical-method.ts'
import { writtenCanonical } from './written-canonical.ts'

const all = new Set(CANONICAL_FORMS.keys())
const method = (content: string, algorithm = EXC_C14N) =>
  parseXml(`<m Algorithm="${algorithm}" xmlns:ec="${EXC_C14N}">${content}</m>`).root

describe('a method says', () => {
  test.each([
    ['', { form: 'exclusive' }],
    ['<ec:InclusiveNamespaces/>', { form: 'exclusive' }],
    ['<ec:InclusiveNamespaces PrefixList=""/>', { form: 'exclusive' }],
    [
      '<ec:InclusiveNamespaces PrefixList=" a\n #default\tb "/>',
      { form: 'exclusive', prefixes: ['a', '#default', 'b'] },
    ],
    ['<InclusiveNamespaces PrefixList="a"/>', { form: 'exclusive' }],
  ])('%s', (content, expected) => {
    expect(readCanonicalMethod(method(content), all)).toEqual(expected)
  })

  test.each([
    ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'inclusive'],
    ['http://www.w3.org/2006/12/xml-c14n11', 'inclusive-1.1'],
  ])('%s, which has no prefix list', (algorithm, form) => {
    expect(readCanonicalMethod(method('<ec:InclusiveNamespaces PrefixList="a"/>', algorithm), all)).toEqual({ form })
  })

  test.each([`${EXC_C14N}WithComments`, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments', 'urn:x', ''])(
    'nothing by %s',
    (algorithm) => {
      expect(() => readCanonicalMethod(method('', algorithm), new Set([algorithm]))).toThrow(
        `canonicalisation ${algorithm}`,
      )
    },
  )

  test('nothing that is not allowed, and not two lists', () => {
    expect(() => readCanonicalMethod(method(''), new Set())).toThrow('an algorithm is not allowed here')
    expect(() => readCanonicalMethod(method('<ec:InclusiveNamespaces/>'.repeat(2)), all)).toThrow(
      'two InclusiveNamespaces',
    )
  })
})

describe('what is written', () => {
  const [child = parseXml('<x/>').root] = elements(
    parseXml('<a:r xmlns:a="urn:a" xmlns:b="urn:b" xmlns="urn:d" xmlns:c="urn:c"><a:x b:y="1" xmlns:e="urn:e"/></a:r>')
      .root,
  )

  test('names the prefixes around that the element does not use itself', () => {
    const { options, method: written } = writtenCanonical(child, EXC_C14N, 'Transform')
    expect(options).toEqual({ form: 'exclusive', prefixes: ['#default', 'c'].sort((a, b) => (a < b ? -1 : 1)) })
    expect(written.namespace).toBe(DSIG)
    expect(readCanonicalMethod(written, all)).toEqual(options)
  })

  test('names none where there are none, or in the inclusive form', () => {
    expect(writtenCanonical(parseXml('<x/>').root, EXC_C14N, 'Transform').options).toEqual({ form: 'exclusive' })
    const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
    expect(writtenCanonical(child, inclusive, 'Transform').options).toEqual({ form: 'inclusive' })
  })
})

describe('a digest', () => {
  const { root } = parseXml('<r><b>1</b><c/></r>')

  test.each(['sha1', 'sha256', 'sha512'])('%s is that of the whole text', (hash) => {
    const whole = createHash(hash)
      .update(canonicalXml(root, { form: 'exclusive' }))
      .digest()
    expect(canonicalDigest(root, { form: 'exclusive' }, hash).equals(whole)).toBe(true)
  })

  test('of an attachment is that of its base64', () => {
    const element = parseXml('<r/>').root
    const bytes = Buffer.alloc(300_000, 0xa5)
    element.children = [new XmlText({ bytes, contentType: 'a/b' }, element)]
    const whole = createHash('sha256')
      .update(`<r>${bytes.toString('base64')}</r>`)
      .digest()
    expect(canonicalDigest(element, { form: 'exclusive' }, 'sha256').equals(whole)).toBe(true)
  })

  test('spends what it writes', () => {
    const budget = new WorkBudget({ ...SECURITY_LIMITS, canonicalOutput: 30 })
    canonicalDigest(root, { form: 'exclusive' }, 'sha1', budget)
    expect(() => canonicalBytes(root, { form: 'exclusive' }, budget)).toThrow('canonicalOutput: more than 30')
  })

  test('of megabytes is never held as a whole', () => {
    const element = parseXml(`<r>${'<row a="1">text</row>'.repeat(100_000)}</r>`).root
    const budget = new WorkBudget(SECURITY_LIMITS)
    let largest = 0
    const watching = Object.assign(Object.create(budget) as WorkBudget, {
      spend: (_what: string, amount: number) => (largest = Math.max(largest, amount)),
    })
    canonicalDigest(element, { form: 'exclusive' }, 'sha256', watching)
    expect(largest).toBeLessThan(100_000)
  })
})
