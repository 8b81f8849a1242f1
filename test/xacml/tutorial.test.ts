import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadPolicies, printExplanation } from '../../entitlement/xacml.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/policies.md'), 'utf8')
const [, text = ''] = /```xml\n(<Policy [\s\S]*?)```/.exec(PAGE) ?? []
const [, tree = ''] = /\n {4}(Deny\n[\s\S]*?)\n\n/.exec(PAGE) ?? []

const STRING = 'http://www.w3.org/2001/XMLSchema#string'
const attribute = (category: string, id: string, value: string) => ({
  category,
  attributes: [{ id, values: [{ type: STRING, text: value }] }],
})

test('the policy of the tutorial is right, and its explanation is the one shown', async () => {
  const { point, diagnostics } = loadPolicies([{ file: 'policies/records.xml', text }])
  expect(diagnostics).toEqual([])
  const [explanation] = await point.explain({
    categories: [
      attribute('urn:oasis:names:tc:xacml:1.0:subject-category:access-subject', 'name', 'eve'),
      attribute(
        'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
        'urn:oasis:names:tc:xacml:1.0:resource:resource-id',
        '/records/7',
      ),
      attribute(
        'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
        'urn:oasis:names:tc:xacml:1.0:action:action-id',
        'read',
      ),
    ],
  })
  const shown = explanation === undefined ? '' : printExplanation(explanation)
  // The page leaves out what matched.
  const lines = shown.split('\n').filter((line) => !/string-starts-with|string-equal/.test(line))
  expect(lines.join('\n')).toBe(tree.replaceAll('\n    ', '\n'))
})
