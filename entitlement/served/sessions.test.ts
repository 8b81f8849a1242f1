import { TestPlatform } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { RateLimit } from './rate-limit.ts'
import { Sessions } from './sessions.ts'

const user = { name: 'pep', roles: ['pep'] }

const users = { find: async (name: string) => (name === 'pep' ? { ...user, claims: new Map() } : undefined) }

describe('sessions', () => {
  test('are found by identifiers that do not repeat and cannot be guessed', async () => {
    const sessions = new Sessions(new TestPlatform(), 1000)
    const ids = Array.from({ length: 100 }, () => sessions.open(user))
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(id).toMatch(/^[\w-]{32}$/)
    expect(await sessions.find(ids[0] ?? '', users)).toEqual(user)
    for (const guess of ['', 'x', ids[0]?.slice(1) ?? '', `${ids[0]}x`])
      expect(await sessions.find(guess, users)).toBeUndefined()
  })

  test('last as long as they are used', async () => {
    const platform = new TestPlatform()
    const sessions = new Sessions(platform, 1000)
    const id = sessions.open(user)
    for (let i = 0; i < 15; i++) {
      platform.advance(999)
      expect(await sessions.find(id, users)).toEqual(user)
    }
    platform.advance(1000)
    expect(await sessions.find(id, users)).toBeUndefined()
    platform.advance(-1000)
    expect(await sessions.find(id, users)).toBeUndefined()
  })

  test('end within five seconds when their user may not log in any more', async () => {
    const platform = new TestPlatform()
    const sessions = new Sessions(platform, 60_000)
    const id = sessions.open(user)
    const locked = { find: async () => undefined }
    platform.advance(4_999)
    expect(await sessions.find(id, locked)).toEqual(user)
    platform.advance(1)
    expect(await sessions.find(id, locked)).toBeUndefined()
    expect(await sessions.find(id, users)).toBeUndefined()
  })

  test('have the roles that their user has now', async () => {
    const platform = new TestPlatform()
    const sessions = new Sessions(platform, 60_000)
    const id = sessions.open(user)
    platform.advance(5_000)
    const demoted = { find: async () => ({ name: 'pep', roles: [], claims: new Map() }) }
    expect(await sessions.find(id, demoted)).toEqual({ name: 'pep', roles: [] })
    expect(await sessions.find(id, users)).toEqual({ name: 'pep', roles: [] })
    platform.advance(5_000)
    expect(await sessions.find(id, users)).toEqual(user)
  })

  test('end when they are closed', async () => {
    const sessions = new Sessions(new TestPlatform(), 1000)
    const [one, other] = [sessions.open(user), sessions.open(user)]
    sessions.close(one)
    sessions.close('nobody')
    expect(await sessions.find(one, users)).toBeUndefined()
    expect(await sessions.find(other, users)).toBeDefined()
  })

  test('beyond ten thousand, the one that was not used for longest ends', async () => {
    const sessions = new Sessions(new TestPlatform(), 1000)
    const [first, second] = [sessions.open(user), sessions.open(user)]
    for (let i = 2; i < 10_000; i++) sessions.open(user)
    expect(await sessions.find(first, users)).toBeDefined()
    sessions.open(user)
    expect(await sessions.find(first, users)).toBeDefined()
    expect(await sessions.find(second, users)).toBeUndefined()
  })
})

describe('a rate', () => {
  test('is a second’s worth at once, and then what comes again with time', () => {
    const platform = new TestPlatform()
    const rate = new RateLimit(platform, 4)
    const take = (times: number): number => Array.from({ length: times }, () => rate.take('a')).filter(Boolean).length
    expect(take(10)).toBe(4)
    platform.advance(250)
    expect(take(10)).toBe(1)
    platform.advance(500)
    expect(take(10)).toBe(2)
    platform.advance(60_000)
    expect(take(10)).toBe(4)
  })

  test('is counted for each caller, and not at all when it is 0', () => {
    const rate = new RateLimit(new TestPlatform(), 1)
    expect([rate.take('a'), rate.take('a'), rate.take('b')]).toEqual([true, false, true])
    const none = new RateLimit(new TestPlatform(), 0)
    expect(Array.from({ length: 1000 }, () => none.take('a')).every(Boolean)).toBe(true)
  })

  test('forgets callers rather than memory', () => {
    const rate = new RateLimit(new TestPlatform(), 1)
    rate.take('first')
    for (let i = 0; i < 10_000; i++) rate.take(`caller ${i}`)
    expect(rate.take('first')).toBe(true)
  })
})
