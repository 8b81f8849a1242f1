import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generatedDocs } from './docs.ts'

const root = join(import.meta.dirname, '..')

test('every generated page is what its table says; `node --conditions=source cli/docs.ts` writes them', () => {
  const stale = [...generatedDocs()].filter(
    ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
  )
  expect(stale.map(([path]) => path)).toEqual([])
})

test('every page in docs/errors belongs to a code', () => {
  const pages = generatedDocs()
  expect(readdirSync(join(root, 'docs/errors')).filter((name) => !pages.has(`docs/errors/${name}`))).toEqual([])
})
