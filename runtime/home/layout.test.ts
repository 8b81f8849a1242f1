import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { SYNAPSE } from '../mediator.ts'
import { TestFolder } from '../testing/folder.ts'
import { findLayout } from './layout.ts'

const found = async (folder: TestFolder, path = '.') => {
  const { root, files, archives } = await findLayout(path === '.' ? folder.path : folder.file(path))
  const shown = (file: string) => relative(folder.path, file)
  return { root: shown(root), files: files.map(shown), archives: archives.map(shown) }
}

test('a file is a home, with the folder it lies in', async () => {
  using folder = new TestFolder({ 'a/synapse.xml': '<definitions/>', 'a/other.xml': '' })
  expect(await found(folder, 'a/synapse.xml')).toEqual({ root: 'a', files: ['a/synapse.xml'], archives: [] })
})

test('a sample in a WSO2 tree belongs to what holds repository/', async () => {
  using folder = new TestFolder({ 'esb/repository/samples/synapse_sample_0.xml': '' })
  expect((await found(folder, 'esb/repository/samples/synapse_sample_0.xml')).root).toBe('esb')
})

test('the short layout has one artifact per file', async () => {
  using folder = new TestFolder({
    'proxies/B.xml': '',
    'proxies/A.xml': '',
    'proxies/.hidden.xml': '',
    'proxies/notes.txt': '',
    'proxies/A.xml.back': '',
    'proxies/deeper/C.xml': '',
    'sequences/main.xml': '',
    'apis/a.XML': '',
    'registry/config/a.xml': '',
    'unrelated/a.xml': '',
  })
  expect((await found(folder)).files.toSorted()).toEqual([
    'apis/a.XML',
    'proxies/A.xml',
    'proxies/B.xml',
    'sequences/main.xml',
  ])
})

test('a Synapse tree is found below the home and below repository/deployment/server', async () => {
  using near = new TestFolder({
    'synapse-configs/default/synapse.xml': '',
    'synapse-configs/default/registry.xml': `<registry xmlns="${SYNAPSE}"/>`,
    'synapse-configs/default/proxy-services/P.xml': '',
    'synapse-configs/other/proxy-services/Q.xml': '',
  })
  expect((await found(near)).files).toEqual([
    'synapse-configs/default/registry.xml',
    'synapse-configs/default/synapse.xml',
    'synapse-configs/default/proxy-services/P.xml',
  ])
  const server = 'repository/deployment/server/synapse-configs/default'
  using far = new TestFolder({ [`${server}/api/A.xml`]: '' })
  expect(await found(far)).toEqual({ root: '', files: [`${server}/api/A.xml`], archives: [] })
  expect((await found(far, server)).root).toBe('')
})

test('without a default every configuration of synapse-configs counts', async () => {
  using folder = new TestFolder({ 'synapse-configs/mine/sequences/s.xml': '' })
  expect((await found(folder)).files).toEqual(['synapse-configs/mine/sequences/s.xml'])
})

test('layouts mix', async () => {
  using folder = new TestFolder({
    'synapse.xml': '',
    'pom.xml': '<project/>',
    'extra.xml': `<definitions xmlns="${SYNAPSE}"/>`,
    'sequences/a.xml': '',
    'synapse-configs/default/sequences/b.xml': '',
    'carbonapps/x.car': '',
  })
  expect(await found(folder)).toEqual({
    root: '',
    files: ['extra.xml', 'synapse.xml', 'sequences/a.xml', 'synapse-configs/default/sequences/b.xml'],
    archives: ['carbonapps/x.car'],
  })
})

test('a versioned main or fault takes the place of the plain one', async () => {
  using folder = new TestFolder({
    'sequences/main.xml': '',
    'sequences/main-1.9.0.xml': '',
    'sequences/main-1.10.0.xml': '',
    'sequences/fault.xml': '',
    'sequences/other-1.0.0.xml': '',
  })
  expect((await found(folder)).files).toEqual([
    'sequences/fault.xml',
    'sequences/main-1.10.0.xml',
    'sequences/other-1.0.0.xml',
  ])
})
