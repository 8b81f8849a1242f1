import { parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { WSC_2005, WSC_200512 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import {
  holdContext,
  readContextReference,
  readContextToken,
  type SecurityContext,
  SecurityContexts,
  writeContextToken,
} from './index.ts'

const context = (identifier: string, changes: Partial<SecurityContext> = {}): SecurityContext => ({
  identifier,
  instance: undefined,
  secret: Buffer.alloc(32, identifier.length),
  created: 0,
  expires: 1000,
  principal: 'alice',
  certificate: undefined,
  service: 'Orders',
  ...changes,
})

describe('contexts', () => {
  test('are found until their end', () => {
    const contexts = new SecurityContexts()
    contexts.add(context('urn:a'), 0)
    expect(contexts.find({ identifier: 'urn:a', instance: undefined }, 999)?.principal).toBe('alice')
    expect(contexts.find({ identifier: 'urn:a', instance: undefined }, 1000)).toBeUndefined()
    expect(contexts.find({ identifier: 'urn:b', instance: undefined }, 0)).toBeUndefined()
  })

  test('have instances, the newest of which is meant where none is named', () => {
    const contexts = new SecurityContexts()
    contexts.add(context('urn:a'), 0)
    contexts.add(context('urn:a', { instance: '2', expires: 2000 }), 0)
    expect(contexts.newest('urn:a', 0)?.instance).toBe('2')
    expect(contexts.find({ identifier: 'urn:a', instance: undefined }, 0)?.expires).toBe(1000)
    expect(contexts.find({ identifier: 'urn:a', instance: '3' }, 0)).toBeUndefined()
    expect(contexts.newest('urn:a', 1500)?.instance).toBe('2')
  })

  test('are forgotten as a whole', () => {
    const contexts = new SecurityContexts()
    contexts.add(context('urn:a'), 0)
    contexts.add(context('urn:a', { instance: '2' }), 0)
    contexts.remove('urn:a')
    contexts.remove('urn:never')
    expect([contexts.size, contexts.newest('urn:a', 0)]).toEqual([0, undefined])
  })

  test('are bounded: the expired go first, then the oldest', () => {
    const contexts = new SecurityContexts(3)
    contexts.add(context('urn:old', { expires: 5000 }), 0)
    contexts.add(context('urn:expired', { expires: 10 }), 0)
    contexts.add(context('urn:c', { expires: 5000 }), 0)
    contexts.add(context('urn:d', { expires: 5000 }), 20)
    expect(contexts.newest('urn:old', 20)).toBeDefined()
    contexts.add(context('urn:e', { expires: 5000 }), 20)
    expect(contexts.newest('urn:old', 20)).toBeUndefined()
    expect([contexts.size, contexts.newest('urn:d', 20)?.identifier]).toEqual([3, 'urn:d'])
  })

  test('that are renewed again and again keep their last keys, and take no place of others', () => {
    const contexts = new SecurityContexts(10)
    contexts.add(context('urn:other'), 0)
    for (let i = 0; i < 1000; i++) contexts.add(context('urn:a', { instance: `${i}` }), 0)
    expect(contexts.size).toBe(5)
    expect(contexts.newest('urn:other', 0)).toBeDefined()
    expect(contexts.find({ identifier: 'urn:a', instance: '996' }, 0)).toBeDefined()
    expect(contexts.find({ identifier: 'urn:a', instance: '995' }, 0)).toBeUndefined()
  })

  test('of a hundred thousand requests leave no more than the bound', () => {
    const contexts = new SecurityContexts(100)
    for (let i = 0; i < 100_000; i++) contexts.add(context(`urn:${i}`), 0)
    expect(contexts.size).toBe(100)
  })
})

describe('a context token', () => {
  test.each([WSC_2005, WSC_200512])('of %s reads back', (namespace) => {
    const written = writeContextToken({ identifier: 'urn:a', instance: 'i' }, namespace, 'sct-1')
    const element = parseXml(printXml(written)).root
    expect(readContextToken(element)).toEqual({ identifier: 'urn:a', instance: 'i' })
    expect(readContextReference(element)).toEqual({ identifier: 'urn:a', instance: 'i' })
    expect(element.attributes.map(({ name, value }) => [name, value])).toEqual([['Id', 'sct-1']])
  })

  test.each([
    ['no Identifier', ''],
    ['an empty Identifier', '<Identifier> </Identifier>'],
    ['two Identifiers', '<Identifier>a</Identifier><Identifier>b</Identifier>'],
    ['an element inside', '<Identifier>a<b/></Identifier>'],
    ['an endless Identifier', `<Identifier>${'a'.repeat(2000)}</Identifier>`],
  ])('with %s is refused', (_, inside) => {
    expect(() =>
      readContextToken(parseXml(`<SecurityContextToken xmlns="${WSC_2005}">${inside}</SecurityContextToken>`).root),
    ).toThrow(SecurityFailure)
  })

  test('is named by a reference with its URI, and with its instance', () => {
    const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
    const str = (reference: string) =>
      readContextReference(
        parseXml(
          `<SecurityTokenReference xmlns="${wsse}" xmlns:c="${WSC_200512}">${reference}</SecurityTokenReference>`,
        ).root,
      )
    expect(str('<Reference URI="urn:a"/>')).toEqual({ identifier: 'urn:a', instance: undefined })
    expect(str('<Reference URI="urn:a" c:Instance="2"/>')).toEqual({ identifier: 'urn:a', instance: '2' })
    expect(str('<Reference URI="#a"/>')).toBeUndefined()
    expect(str('<KeyIdentifier>a</KeyIdentifier>')).toBeUndefined()
    expect(readContextReference(parseXml('<x/>').root)).toBeUndefined()
  })

  test('is held for sending with a reference that works without it', () => {
    expect(holdContext(context('urn:a'), WSC_2005, 's')).toMatchObject({
      reference: { form: 'reference', value: 'urn:a', valueType: `${WSC_2005}/sct` },
    })
  })
})
