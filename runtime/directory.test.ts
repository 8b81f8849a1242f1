import { expect, test } from 'vitest'
import { fillFilter, openDirectory } from './directory.ts'

test('values of a filter cannot end the assertion they stand in', () => {
  expect(fillFilter('(&(a={0})(b={1}))', 'x)(y=*', '\\')).toBe(String.raw`(&(a=x\29\28y=\2a)(b=\5c))`)
  expect(fillFilter('(a={0})', '{1}', 'b')).toBe('(a={1})')
  expect(fillFilter('(a={0})', "$&$'$`")).toBe("(a=$&$'$`)")
})

test('a directory that is not there rejects', async () => {
  const settings = { url: 'ldap://127.0.0.1:1', startTls: false, bindDn: 'cn=x', bindPassword: 'x', timeout: 1000 }
  await expect(openDirectory(settings, undefined)).rejects.toThrow(/ECONNREFUSED|connect/)
})
