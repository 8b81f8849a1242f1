import { expect, test } from 'vitest'
import { basicCredentials } from './basic-credentials.ts'

const encoded = (text: string): string => Buffer.from(text).toString('base64')

test.each([
  [`Basic ${encoded('ann:secret')}`, { name: 'ann', password: 'secret' }],
  [`bAsIc   ${encoded('ann:secret')}  `, { name: 'ann', password: 'secret' }],
  [`Basic ${encoded('ann:a:b:')}`, { name: 'ann', password: 'a:b:' }],
  [`Basic ${encoded('ann:')}`, { name: 'ann', password: '' }],
  [`Basic ${encoded('jürgen:schlüssel€')}`, { name: 'jürgen', password: 'schlüssel€' }],
])('%s is a name and a password, cut at the first colon', (header, credentials) => {
  expect(basicCredentials(header)).toEqual(credentials)
})

test.each([
  undefined,
  '',
  'Basic',
  'Basic ',
  `Basic ${encoded('nobody')}`,
  `Basic ${encoded(':secret')}`,
  `Bearer ${encoded('ann:secret')}`,
  `Basic ${encoded('ann:secret')} more`,
  `Basic ${encoded(`ann:${'x'.repeat(4000)}`)}`,
])('%s holds none', (header) => {
  expect(basicCredentials(header)).toBeUndefined()
})
