import { expect, test } from 'vitest'
import { FieldTable } from './field-table.ts'

const table = new FieldTable([
  ['te', 1],
  ['content-type', 2],
  ['x-a_b', 3],
])

test('a field is found however its name is written', () => {
  expect(['TE', 'te', 'Content-Type', 'CONTENT-TYPE', 'cOntent-tYpe', 'X-A_B'].map((name) => table.get(name))).toEqual([
    1, 1, 2, 2, 2, 3,
  ])
})

test('any other name is not there', () => {
  for (const name of ['', 'to', 'Content-Typo', 'Dontent-Type', 'content_type', 'x-a-b', 'constructor', 'a'.repeat(99)])
    expect(table.get(name)).toBeUndefined()
})
