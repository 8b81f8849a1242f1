import { expect, test } from 'vitest'
import { TestPlatform } from 'viaduct/testing'
import { Login } from './login.ts'

const settings = { user: 'boss', password: 'boss-secret', viewers: [], roles: ['admin'] }

test('wrong passwords count for a whole network of IPv6, whose owner has every address in it', async () => {
  const login = new Login(settings, new TestPlatform())
  const outcome = async (from: string, password: string) =>
    (await login.attempt('boss', password, from, undefined)).outcome
  for (let i = 0; i < 5; i++) expect(await outcome(`2001:db8:1:2::${i}`, 'wrong')).toBe('wrong')
  expect(await outcome('2001:db8:1:2:3:4:5:6', 'boss-secret')).toBe('wait')
  expect(await outcome('2001:db8:1:3::1', 'boss-secret')).toBe('in')
  expect(await outcome('127.0.0.1', 'boss-secret')).toBe('in')
})

test('the administrator of the settings stays in, others as long as they are users with a role', async () => {
  const login = new Login(settings, new TestPlatform())
  const boss = { user: { name: 'boss', roles: ['admin'], claims: new Map() }, mayChange: true }
  expect(await login.again(boss, undefined)).toEqual(boss)
  expect(await login.again({ ...boss, user: { ...boss.user, name: 'carol' } }, undefined)).toBeUndefined()
})
