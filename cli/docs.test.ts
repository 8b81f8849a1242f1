import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesIn, generatedDocs } from './docs.ts'

const root = join(import.meta.dirname, '..')

test('every generated page is what its table says; `npm run docs` writes them', async () => {
  const stale = [...(await generatedDocs())].filter(
    ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
  )
  expect(stale.map(([path]) => path)).toEqual([])
})

test('every page belongs to a code or an element that exists', async () => {
  const pages = await generatedDocs()
  expect(filesIn(root).filter((path) => !pages.has(path))).toEqual([])
})
