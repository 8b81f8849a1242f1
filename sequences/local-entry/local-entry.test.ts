import { expect, test } from 'vitest'
import { compileElement, createDeployment } from 'viaduct/testing'
import { localEntry } from './local-entry.ts'

const compile = (xml: string, resources = {}) =>
  compileElement(localEntry, xml, { deployment: createDeployment({ resources }) })

test('text is trimmed', () => {
  const { value } = compile('<localEntry key="k">\n  0.1\n</localEntry>')
  expect(value).toMatchObject({ key: 'k', text: '0.1', element: undefined })
})

test('the first element wins over text and description', () => {
  const { value } = compile(
    '<localEntry key="k"><description>d</description> text <a xmlns="urn:a"><b/></a><c xmlns=""/></localEntry>',
  )
  expect(value?.element?.name).toBe('a')
  expect(value?.text).toBe('<a xmlns="urn:a"><b/></a>')
})

test('a file of the home gives XML when it is XML, else text', () => {
  const files = { 'file:a.xml': '\n<a/>', 'file:a.txt': ' <- a ' }
  expect(compile('<localEntry key="k" src="file:a.xml"/>', files).value).toMatchObject({
    text: '<a/>',
    element: { name: 'a' },
  })
  expect(compile('<localEntry key="k" src="file:a.txt"/>', files).value).toMatchObject({
    text: '<- a',
    element: undefined,
  })
})

test('a file that is not there is reported', () => {
  expect(compile('<localEntry key="k" src="file:none"/>').diagnostics).toEqual([
    expect.stringContaining('test.xml:1:1 error resource-unreadable'),
  ])
})

test('a URL is read as a file is', () => {
  const { value } = compile('<localEntry key="k" src="http://web/entry"/>', { 'http://web/entry': '<from>web</from>' })
  expect(value).toMatchObject({ text: '<from>web</from>', element: { name: 'from' } })
})
