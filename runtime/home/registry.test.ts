import { mkdirSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TestFolder } from '../testing/folder.ts'
import { FileRegistry } from './registry.ts'

const textAt = (folder: TestFolder, key: string) => new FileRegistry(folder.path).get(key)?.bytes.toString()

const home = () =>
  new TestFolder({
    'registry/config/x/a.xml': '<config/>',
    'registry/governance/x/a.xml': '<governance/>',
    'registry/governance/mi-resources/a.json': '{}',
    'registry/local/a.txt': 'local',
    'registry/_system/config/b.txt': 'carbon',
    'repository/resources/a.wsdl': '<wsdl/>',
    'security/key.pem': 'secret',
    'viaduct.config.json': '{}',
  })

test.each([
  ['conf:/x/a.xml', '<config/>'],
  ['conf:x/a.xml', '<config/>'],
  ['conf:/_system/config/x/a.xml', '<config/>'],
  ['/_system/config/x/a.xml', '<config/>'],
  ['gov:/x/a.xml', '<governance/>'],
  ['gov:x/a.xml', '<governance/>'],
  ['/_system/governance/x/a.xml', '<governance/>'],
  ['x/a.xml', '<governance/>'],
  ['/x/a.xml', '<governance/>'],
  ['local:/a.txt', 'local'],
  ['resources:a.json', '{}'],
  ['conf:/b.txt', 'carbon'],
  ['file:repository/resources/a.wsdl', '<wsdl/>'],
  ['file:./repository/resources/a.wsdl', '<wsdl/>'],
])('%s finds its file', (key, text) => {
  using folder = home()
  expect(textAt(folder, key)).toBe(text)
})

test('an absolute file URL is found inside of the home only', () => {
  using folder = home()
  expect(textAt(folder, `file://${folder.file('repository/resources/a.wsdl')}`)).toBe('<wsdl/>')
  expect(textAt(folder, 'file:///etc/passwd')).toBeUndefined()
})

test.each([
  'conf:/../governance/x/a.xml',
  'conf:/../../security/key.pem',
  'gov:/../config/x/a.xml',
  'file:../outside.txt',
  'file:/etc/passwd',
  'file:////etc/passwd',
  'file:security/key.pem',
  'file:registry/../security/key.pem',
  'file:viaduct.config.json',
  'conf:/x/a.xml\0.txt',
  'other:x/a.xml',
  'conf:',
  '',
  '.',
  '/',
])('%j leads nowhere', (key) => {
  using folder = home()
  folder.write('registry/config-other/a.xml', '<no/>')
  expect(textAt(folder, key)).toBeUndefined()
})

test('a name that only begins like the folder is outside of it', () => {
  using folder = home()
  folder.write('registry/config-other/a.xml', '<no/>')
  expect(textAt(folder, 'conf:/../config-other/a.xml')).toBeUndefined()
})

test('a symbolic link out of the home leads nowhere, one inside of it does', () => {
  using folder = home()
  using outside = new TestFolder({ 'a.txt': 'outside' })
  mkdirSync(folder.file('registry/config/links'))
  symlinkSync(outside.file('a.txt'), folder.file('registry/config/links/out.txt'))
  symlinkSync(outside.path, folder.file('registry/config/links/folder'))
  symlinkSync(folder.file('security/key.pem'), folder.file('registry/config/links/key.txt'))
  symlinkSync(folder.file('registry/local/a.txt'), folder.file('registry/config/links/in.txt'))
  expect(textAt(folder, 'conf:/links/out.txt')).toBeUndefined()
  expect(textAt(folder, 'conf:/links/folder/a.txt')).toBeUndefined()
  expect(textAt(folder, 'conf:/links/key.txt')).toBeUndefined()
  expect(textAt(folder, 'conf:/links/in.txt')).toBe('local')
})

test('properties and media type come from the files beside it', () => {
  using folder = new TestFolder({
    'registry/config/a.txt': 'x',
    'registry/config/a.txt.properties': 'resource_path=/a\nother=1',
    'registry/config/.metadata/a.txt.meta': 'mediaType=text/csv',
  })
  const found = new FileRegistry(folder.path).get('conf:/a.txt')
  expect(found?.mediaType).toBe('text/csv')
  expect(found?.properties).toEqual(
    new Map([
      ['resource_path', '/a'],
      ['other', '1'],
    ]),
  )
})

test('a folder is a resource when it has properties', () => {
  using folder = new TestFolder({
    'registry/config/a/b.txt': 'x',
    'registry/config/a.properties': 'p=1',
    'registry/config/b/c.txt': 'x',
  })
  const registry = new FileRegistry(folder.path)
  expect(registry.get('conf:/a')?.properties.get('p')).toBe('1')
  expect(registry.get('conf:/b')).toBeUndefined()
})
