import { expect, test } from 'vitest'
import { objectionsTo, registrationOf, type Registration } from './registration.ts'

const right: Registration = {
  userName: 'alice',
  password: 'correct horse',
  email: 'alice@example.com',
  givenName: '',
  lastName: '',
}

const objected = (changes: Partial<Registration>): string[] => [...objectionsTo({ ...right, ...changes }).keys()]

test('a right one is right', () => {
  expect(objected({})).toEqual([])
  expect(objected({ givenName: "Jo-Ann O'Neil", lastName: 'Ångström 王' })).toEqual([])
})

test.each(['abc', 'Alice', 'a.b-c_d', '0x0', 'a'.repeat(63)])('%s is a user name', (userName) => {
  expect(objected({ userName })).toEqual([])
})

test.each([
  '',
  'ab',
  'a'.repeat(64),
  '.abc',
  '-abc',
  'a b',
  'a@b',
  'älice',
  'аlice',
  '<script>',
  'a\nb',
  'a\0b',
  '../etc',
  'a/b',
  'a:b',
])('%j is none', (userName) => {
  expect(objected({ userName })).toEqual(['userName'])
})

test.each(['', 'short', '1234567', 'a'.repeat(201), 'ALICEALICE'])('%j is no password', (password) => {
  expect(objected({ userName: 'alicealice', password })).toEqual(['password'])
})

test.each(['a@b', 'a.b+c@sub.example.com', "o'neil@example.ie"])('%s is an address', (email) => {
  expect(objected({ email })).toEqual([])
})

test.each([
  '',
  'a',
  'a@',
  '@b',
  'a@b@c',
  'a b@c',
  'a@b,c@d',
  'a@b\r\nBcc: c@d',
  '<a@b>',
  'a@-b',
  'a@b..c',
  `${'a'.repeat(65)}@b`,
  `a@${'b.'.repeat(130)}c`,
  'ü@example.com',
])('%j is none', (email) => {
  expect(objected({ email })).toEqual(['email'])
})

test.each(['a\r\nb', 'a\0', '\u2028', 'x'.repeat(101)])('%j is no first or last name', (name) => {
  expect(objected({ givenName: name, lastName: name })).toEqual(['givenName', 'lastName'])
})

test('long texts are judged at once', () => {
  const long = `${'a.'.repeat(50_000)}@${'b.'.repeat(50_000)}`
  const started = performance.now()
  expect(objected({ userName: long, email: long })).toEqual(['userName', 'email'])
  expect(performance.now() - started).toBeLessThan(200)
})

test('white space around names and addresses does not count, in passwords it does', () => {
  const fields = new Map([
    ['userName', ' alice '],
    ['password', ' secret '],
    ['email', '\talice@example.com\n'],
  ])
  expect(registrationOf((name) => fields.get(name))).toEqual({
    userName: 'alice',
    password: ' secret ',
    email: 'alice@example.com',
    givenName: '',
    lastName: '',
  })
})
