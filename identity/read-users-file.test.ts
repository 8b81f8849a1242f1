import { expect, test } from 'vitest'
import { readUsersFile } from './read-users-file.ts'

function read(text: string) {
  const problems: string[] = []
  const users = readUsersFile(text, 'users.json', (code, { line, column }, message) =>
    problems.push(`${line}:${column} ${code}: ${message}`),
  )
  return { users, problems }
}

const HASH = `scrypt$15$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`

test('users have a password in clear or as a hash, roles and claims', () => {
  const { users, problems } = read(`{ "$schema": "x", "users": {
    "alice": { "password": "secret", "roles": ["admin"], "claims": { "email": "a@example.com" } },
    "bob": { "password": "${HASH}" }
  } }`)
  expect(problems).toEqual([])
  expect([...users.values()]).toEqual([
    {
      name: 'alice',
      password: 'secret',
      hashed: false,
      roles: ['admin'],
      claims: new Map([['email', 'a@example.com']]),
    },
    { name: 'bob', password: HASH, hashed: true, roles: [], claims: new Map() },
  ])
})

test('an empty list is right', () => {
  expect(read('{ "users": {} }')).toEqual({ users: new Map(), problems: [] })
})

test('every mistake is reported where it is written, and the users without one are there', () => {
  const { users, problems } = read(`{
  "user": {},
  "users": {
    "a": { "password": "" },
    "b": {},
    "c": { "password": "x", "roles": "admin" },
    "d": { "password": "x", "roles": ["r", 1] },
    "e": { "password": "x", "claims": [] },
    "f": { "password": "x", "claims": { "email": 7 } },
    "g": { "password": "scrypt$15$x" },
    "h": "secret",
    "i": { "password": "x", "role": [] },
    "i": { "password": "y" }
  }
}`)
  expect(problems.toSorted(byPlace)).toEqual([
    '2:3 users-invalid: "user" means nothing here; there are users, $schema',
    '4:24 users-invalid: "a" needs a password',
    '5:10 users-invalid: "b" needs a password',
    '6:38 users-invalid: roles: expected an array of texts',
    '7:38 users-invalid: roles: expected an array of texts',
    '8:39 users-invalid: expected an object',
    '9:50 users-invalid: expected text',
    '10:24 users-invalid: this is no hash as `viaduct user hash` prints it',
    '11:10 users-invalid: expected an object',
    '12:29 users-invalid: "role" means nothing here; there are password, roles, claims',
    '13:5 users-invalid: "i" is there twice',
  ])
  expect([...users.keys()]).toEqual(['f', 'i'])
})

test.each(['', '{', '[]', '{ "users": [] }', '{ users: {} }'])('%j is told to be wrong', (text) => {
  expect(read(text).problems).toHaveLength(1)
})

test('names of the language are names of users like others', () => {
  const { users, problems } = read(
    '{ "users": { "__proto__": { "password": "x" }, "constructor": { "password": "y" } } }',
  )
  expect(problems).toEqual([])
  expect([...users.keys()]).toEqual(['__proto__', 'constructor'])
})

const byPlace = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10)
