import { expect, test } from 'vitest'
import type { Mail } from 'viaduct'
import { checkLetter, isMailAddress } from './check-letter.ts'

const letter: Mail = { to: ['alice@example.com'], subject: 'Hi' }

test.each([
  'a@b',
  'alice@example.com',
  'alice+tag@sub.example.co',
  'Alice Example <alice@example.com>',
  'üser@example.com',
  "o'neil@example.com",
])('%s is an address', (address) => {
  expect(isMailAddress(address)).toBe(true)
})

test.each([
  '',
  'alice',
  '@example.com',
  'alice@',
  'a@b,c@d',
  'a@b;c@d',
  'a@b c@d',
  'a@b\r\nBcc: c@d',
  'a@b\nBcc:c@d',
  'x <a@b> <c@d>',
  '<a@b',
  'a@b>',
  'a@b@c',
  '"x" <a@b>',
  'a@-b',
  `${'a'.repeat(65)}@b`,
  `a@${'b'.repeat(300)}`,
  'list:a@b;',
])('%j is none, and a letter to it is refused', (address) => {
  expect(isMailAddress(address)).toBe(false)
  expect(() => checkLetter({ ...letter, to: [address] })).toThrow(/is no address/)
  expect(() => checkLetter({ ...letter, from: address })).toThrow(/is no address/)
})

test.each(['Hi\r\nBcc: victim@example.com', 'Hi\nBcc: v', 'Hi\rX: y', 'Hi\u2028there', 'Hi\0', 'x'.repeat(3000)])(
  'the subject %j is refused',
  (subject) => {
    expect(() => checkLetter({ ...letter, subject })).toThrow(/Subject/)
  },
)

test('a subject that looks like an encoded line break is a text like others', () => {
  expect(() => checkLetter({ ...letter, subject: '=?utf-8?q?hi=0d=0aBcc:_v@example.com?=' })).not.toThrow()
})

test.each(['Bcc', 'TO', 'message-id', 'Content-Type', 'X\r\nBcc', 'X Y', '', 'X:'])(
  'the header %j may not be set',
  (name) => {
    expect(() => checkLetter({ ...letter, headers: new Map([[name, 'x']]) })).toThrow(/may not be set/)
  },
)

test('headers, names and types of attachments cannot begin another header', () => {
  expect(() => checkLetter({ ...letter, headers: new Map([['X-A', 'a\r\nBcc: v@w']]) })).toThrow(/X-A/)
  const attachment = { name: 'a', mediaType: 'text/plain', content: Buffer.from('') }
  expect(() => checkLetter({ ...letter, attachments: [{ ...attachment, name: 'a"\r\nX: y' }] })).toThrow(/name/)
  expect(() => checkLetter({ ...letter, attachments: [{ ...attachment, mediaType: 'text/plain\r\nX: y' }] })).toThrow(
    /media/,
  )
})

test('a letter needs a recipient, and may not have a hundred and one', () => {
  expect(() => checkLetter({ ...letter, to: [] })).toThrow(/no recipient/)
  expect(() => checkLetter({ ...letter, bcc: Array.from({ length: 100 }, (_, i) => `a${i}@b`) })).toThrow(
    /more than 100/,
  )
})

test('no refusal repeats a line break', () => {
  expect(() => checkLetter({ ...letter, to: ['a\r\nb'] })).toThrow(/^the letter is refused: "a\?\?b" is no address$/)
})
