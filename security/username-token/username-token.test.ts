import { describe, expect, test } from 'vitest'
import { BASE64_ENCODING, PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSSE11, WSU } from '../names.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { keyringOf, identityOf, NOW, orderMessage, receive, receiverOf, refusal } from '../testing/messages.ts'
import { printTime } from '../timestamp/utc-time.ts'
import type { UsernameRules } from '../verify-plan.ts'
import { passwordDigest } from './password-digest.ts'

const keys = keyringOf([identityOf('server')])
const alice = { name: 'alice', roles: ['user'], claims: new Map<string, string>() }
const users = {
  find: (name: string) => Promise.resolve(name === 'alice' ? alice : undefined),
  password: (name: string) => Promise.resolve(name === 'alice' ? 'secret' : undefined),
  prove: (name: string, fits: (password: string | undefined) => boolean) =>
    Promise.resolve(fits(name === 'alice' ? 'secret' : undefined) ? alice : undefined),
  authenticate: (name: string, password: string) =>
    Promise.resolve(name === 'alice' && password === 'secret' ? alice : undefined),
}
const RULES: UsernameRules = {
  passwords: new Set(['text', 'digest', 'none', 'derived']),
  ttl: 300,
  future: 60,
  nonceLifetime: 300,
  maximum: 1,
}
const receiver = (changes: Partial<UsernameRules> = {}) => receiverOf(keys, { username: { ...RULES, ...changes } })

const NONCE = Buffer.alloc(16, 9)
const nonce = (bytes = NONCE, encoding = ` EncodingType="${BASE64_ENCODING}"`): string =>
  `<e:Nonce${encoding}>${bytes.toString('base64')}</e:Nonce>`
const created = (seconds = 0): string => `<u:Created>${printTime(NOW + seconds * 1000, true)}</u:Created>`
const text = (password = 'secret'): string => `<e:Password Type="${PASSWORD_TEXT}">${password}</e:Password>`
const digest = (password = 'secret', seconds = 0): string =>
  `<e:Password Type="${PASSWORD_DIGEST}">${passwordDigest(NONCE, printTime(NOW + seconds * 1000, true), password).toString('base64')}</e:Password>`
const user = (name = 'alice'): string => `<e:Username>${name}</e:Username>`

const message = (...tokens: readonly string[]): string =>
  orderMessage().replace(
    '<soapenv:Header>',
    `<soapenv:Header><e:Security xmlns:e="${WSSE}" xmlns:e11="${WSSE11}" xmlns:u="${WSU}">${tokens
      .map((content) => `<e:UsernameToken>${content}</e:UsernameToken>`)
      .join('')}</e:Security>`,
  )

describe('is accepted', () => {
  test.each([
    ['as text', user() + text(), 'text'],
    ['as text without type', `${user()}<e:Password>secret</e:Password>`, 'text'],
    ['as text with nonce and time', user() + text() + nonce() + created(), 'text'],
    ['as text with a nonce in no encoding', user() + text() + nonce(NONCE, '') + created(), 'text'],
    ['as digest', user() + digest() + nonce() + created(), 'digest'],
    ['in another order', created() + nonce() + digest() + user(), 'digest'],
    ['without password', user(), 'none'],
  ])('%s', async (_what, content, password) => {
    const { tokens } = await receive(message(content), receiver(), { users })
    expect(tokens).toMatchObject([{ kind: 'username', principal: 'alice', password }])
  })
})

test('the name of the account counts, however it is written', async () => {
  const loose = {
    ...users,
    authenticate: (name: string, password: string) => users.authenticate(name.toLowerCase(), password),
  }
  const { tokens } = await receive(message(user('ALICE') + text()), receiver(), { users: loose })
  expect(tokens).toMatchObject([{ kind: 'username', principal: 'alice', password: 'text' }])
})

describe('is refused', () => {
  test.each([
    ['another password', user() + text('wrong'), 'authentication-failed'],
    ['no characters', user() + text(''), 'authentication-failed'],
    ['an unknown user', user('mallory') + text(), 'authentication-failed'],
    ['an unknown user with digest', user('mallory') + digest() + nonce() + created(), 'authentication-failed'],
    ['another digest', user() + digest('wrong') + nonce() + created(), 'authentication-failed'],
    ['a digest of another time', user() + digest('secret', 1) + nonce() + created(), 'authentication-failed'],
    ['a digest of another nonce', user() + digest() + nonce(Buffer.alloc(16, 1)) + created(), 'authentication-failed'],
    ['a user name in another case', user('Alice') + text(), 'authentication-failed'],
    ['a user name with a blank', user('alice ') + text(), 'authentication-failed'],
    ['a digest without nonce', user() + digest() + created(), 'token-malformed'],
    ['a digest without time', user() + digest() + nonce(), 'token-malformed'],
    [
      'a digest that is no base64',
      `${user()}<e:Password Type="${PASSWORD_DIGEST}">?</e:Password>${nonce()}${created()}`,
      'token-malformed',
    ],
    ['a type nobody knows', `${user()}<e:Password Type="urn:rot13">secret</e:Password>`, 'token-unsupported'],
    ['two passwords', user() + text() + text('other'), 'malformed'],
    ['two names', user() + user('bob') + text(), 'malformed'],
    ['no name', text(), 'malformed'],
    ['two nonces', user() + text() + nonce() + nonce(), 'malformed'],
    ['two times', user() + text() + created() + created(), 'malformed'],
    ['an element in the name', `<e:Username>al<x/>ice</e:Username>${text()}`, 'malformed'],
    ['a nonce that is short', user() + text() + nonce(Buffer.alloc(7)), 'token-malformed'],
    ['a nonce that is long', user() + text() + nonce(Buffer.alloc(65)), 'token-malformed'],
    ['a nonce in another encoding', user() + text() + nonce(NONCE, ' EncodingType="urn:hex"'), 'token-malformed'],
    ['a time long ago', user() + text() + created(-301), 'message-expired'],
    ['a time to come', user() + text() + created(61), 'message-from-future'],
    ['no time at all', `${user()}${text()}<u:Created>now</u:Created>`, 'malformed'],
    ['a salt and a password', `${user()}${text()}<e11:Salt>${NONCE.toString('base64')}</e11:Salt>`, 'token-malformed'],
    ['a short salt', `${user()}<e11:Salt>AAAA</e11:Salt>`, 'token-malformed'],
    [
      'too little work',
      `${user()}<e11:Salt>${NONCE.toString('base64')}</e11:Salt><e11:Iteration>999</e11:Iteration>`,
      'limit-exceeded',
    ],
    [
      'too much work',
      `${user()}<e11:Salt>${NONCE.toString('base64')}</e11:Salt><e11:Iteration>10001</e11:Iteration>`,
      'limit-exceeded',
    ],
    [
      'work that is no number',
      `${user()}<e11:Salt>${NONCE.toString('base64')}</e11:Salt><e11:Iteration>many</e11:Iteration>`,
      'malformed',
    ],
  ])('%s', async (_what, content, reason) => {
    expect((await refusal(message(content), receiver(), { users })).reason).toBe(reason)
  })

  test.each([
    ['text', user() + text()],
    ['digest', user() + digest() + nonce() + created()],
    ['none', user()],
    ['derived', `${user()}<e11:Salt>${NONCE.toString('base64')}</e11:Salt>`],
  ] as const)('a password form that is not accepted: %s', async (form, content) => {
    const passwords = new Set([...RULES.passwords].filter((each) => each !== form))
    expect((await refusal(message(content), receiver({ passwords }), { users })).reason).toBe('authentication-failed')
  })

  test('every password where there are no users', async () => {
    expect((await refusal(message(user() + text()), receiver())).reason).toBe('authentication-failed')
    expect((await refusal(message(user() + digest() + nonce() + created()), receiver())).reason).toBe(
      'authentication-failed',
    )
  })

  test('an unknown user and a wrong password tell the same', async () => {
    const failures = await Promise.all(
      [user('mallory') + text(), user() + text('wrong')].map((content) =>
        refusal(message(content), receiver(), { users }),
      ),
    )
    expect(failures[0]?.message).toBe(failures[1]?.message)
  })

  test('the second of two tokens, unless two are asked for', async () => {
    const two = message(user() + text(), user() + text() + nonce())
    expect((await refusal(two, receiver(), { users })).reason).toBe('token-malformed')
    expect((await receive(two, receiver({ maximum: 2 }), { users })).tokens).toHaveLength(2)
  })
})

describe('a nonce', () => {
  const content = user() + digest() + nonce() + created()

  test('is good once', async () => {
    const replays = new ReplayCache(1000)
    await receive(message(content), receiver(), { users, replays })
    expect((await refusal(message(content), receiver(), { users, replays })).reason).toBe('replayed')
  })

  test('is not spent by somebody who does not know the password', async () => {
    const replays = new ReplayCache(1000)
    await refusal(message(user() + digest('wrong') + nonce() + created()), receiver(), { users, replays })
    expect((await receive(message(content), receiver(), { users, replays })).tokens).toHaveLength(1)
  })

  test('of another user is another', async () => {
    const replays = new ReplayCache(1000)
    const none = (name: string) => user(name) + nonce()
    await receive(message(none('alice')), receiver(), { users, replays })
    expect((await receive(message(none('bob')), receiver(), { users, replays })).tokens).toHaveLength(1)
  })

  test('is remembered as long as its message could be accepted', async () => {
    const replays = new ReplayCache(1000)
    await receive(message(content), receiver({ nonceLifetime: 10 }), { users, replays })
    const late = { users, replays, now: NOW + 299_000 }
    expect((await refusal(message(content), receiver({ nonceLifetime: 10 }), late)).reason).toBe('replayed')
  })
})

test('a user store that cannot be asked is not a wrong password', async () => {
  const broken = { ...users, authenticate: () => Promise.reject(new Error('no connection')) }
  await expect(async () => receive(message(user() + text()), receiver(), { users: broken })).rejects.toThrow(
    'no connection',
  )
})
