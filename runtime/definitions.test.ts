import { describe, expect, test } from 'vitest'
import { Definitions, lazy, type Named, qualified } from './definitions.ts'
import { SYNAPSE } from './mediator.ts'

const log: Named = { name: 'log', namespace: SYNAPSE }
const drop: Named = { name: 'drop', namespace: SYNAPSE }
const key = qualified(SYNAPSE, 'drop')

describe('a definition that is listed to be loaded', () => {
  test('is known, and there when somebody has asked for it and it was fetched', async () => {
    let loads = 0
    const load = () => Promise.resolve((loads++, drop))
    const definitions = Definitions.of([log, lazy('drop', load)])
    expect([definitions.has(key), definitions.wanting, loads]).toEqual([true, false, 0])
    expect(definitions.get(key)).toBeUndefined()
    expect(definitions.wanting).toBe(true)
    await definitions.fetch()
    expect([definitions.get(key), definitions.wanting, loads]).toEqual([drop, false, 1])
  })

  test('is not loaded for those who ask for others', async () => {
    const definitions = Definitions.of([log, lazy('drop', () => Promise.reject(new Error('nobody asked')))])
    expect(definitions.get(qualified(SYNAPSE, 'log'))).toBe(log)
    expect(definitions.get(qualified('urn:other', 'drop'))).toBeUndefined()
    expect(definitions.wanting).toBe(false)
    await definitions.fetch()
  })

  test('is suggested by its name like the others', () => {
    const definitions = Definitions.of([log, lazy('drop', () => Promise.resolve(drop))])
    expect(definitions.names()).toEqual(['log', 'drop'])
  })

  test('has to be what the list says', async () => {
    const definitions = Definitions.of([lazy('drop', () => Promise.resolve(log))])
    definitions.want()
    await expect(definitions.fetch()).rejects.toThrow(`${key} is listed, but <log> loaded`)
  })

  test('need not be an element', async () => {
    const definitions = Definitions.of<Named>([{ name: 'mail', load: () => Promise.resolve({ name: 'mail' }) }])
    expect(definitions.get('mail')).toBeUndefined()
    expect(definitions.loaded()).toEqual([])
    await definitions.fetch()
    expect(definitions.get('mail')).toEqual({ name: 'mail' })
  })

  test('may be in another namespace', async () => {
    const other: Named = { name: 'drop', namespace: 'urn:other' }
    const definitions = Definitions.of([lazy('drop', () => Promise.resolve(other), 'urn:other')])
    definitions.want()
    await definitions.fetch()
    expect(definitions.values()).toEqual([other])
  })

  test('is missed by whoever wants all of them too early', async () => {
    const definitions = Definitions.of([log, lazy('drop', () => Promise.resolve(drop))])
    expect(() => definitions.values()).toThrow('1 definitions are not loaded')
    definitions.want()
    await definitions.fetch()
    expect(definitions.values()).toEqual([log, drop])
  })
})

describe('a view', () => {
  test('holds more, which the others do not see', () => {
    const definitions = Definitions.of([log])
    const view = definitions.view([drop])
    expect([view.get(key), view.names()]).toEqual([drop, ['log', 'drop']])
    expect([definitions.get(key), definitions.has(key)]).toEqual([undefined, false])
  })

  test('finds what was loaded for another', async () => {
    const definitions = Definitions.of([lazy('drop', () => Promise.resolve(drop))])
    const [one, two] = [definitions.view([]), definitions.view([])]
    one.get(key)
    expect([one.wanting, two.wanting]).toEqual([true, false])
    await one.fetch()
    expect([two.get(key), two.wanting]).toEqual([drop, false])
  })

  test('still knows what it has missed when another has fetched it', async () => {
    const definitions = Definitions.of([lazy('drop', () => Promise.resolve(drop))])
    const [one, two] = [definitions.view([]), definitions.view([])]
    one.get(key)
    two.get(key)
    await one.fetch()
    expect(two.wanting).toBe(true)
    await two.fetch()
    expect(two.wanting).toBe(false)
  })
})

test('two definitions of one name are an error, loaded or not', () => {
  const later = lazy('log', () => Promise.resolve(log))
  for (const twice of [
    [log, log],
    [log, later],
    [later, later],
  ])
    expect(() => Definitions.of(twice)).toThrow('<log> is defined twice')
  expect(() => Definitions.of([later]).view([log])).toThrow('<log> is defined twice')
})
