import { describe, expect, it } from 'vitest'
import { parseConfiguration } from './positions.ts'
import { elements, firstElement } from './select.ts'
import { COMMENT } from './tree.ts'
import { XmlError } from './xml-error.ts'

const FILE = `<?xml version="1.0"?>
<!-- a comment -->
<definitions xmlns="urn:s">\r
  <log level="full"\r
       category='INFO'/>
  <x>😀<y p = "1"/></x>
</definitions>
`

describe('parseConfiguration', () => {
  const { root, children } = parseConfiguration(FILE, 'main.xml')
  const [log, x] = elements(root)

  it('tells where elements start and end', () => {
    expect(root.at).toEqual({ file: 'main.xml', line: 3, column: 1, endLine: 7, endColumn: 15 })
    expect(log?.at).toEqual({ file: 'main.xml', line: 4, column: 3, endLine: 5, endColumn: 25 })
  })

  it('tells where attributes and their values stand', () => {
    const category = log?.attributes[1]
    expect(category?.at).toEqual({ file: 'main.xml', line: 5, column: 8, endLine: 5, endColumn: 23 })
    expect(category?.valueAt).toEqual({ file: 'main.xml', line: 5, column: 18, endLine: 5, endColumn: 22 })
  })

  it('counts columns in UTF-16 units', () => {
    const y = x === undefined ? undefined : firstElement(x, 'y')
    expect(y?.at).toMatchObject({ line: 6, column: 8, endColumn: 20 })
    expect(y?.attributes[0]?.valueAt).toMatchObject({ line: 6, column: 16, endColumn: 17 })
  })

  it('gives attributes of one name their own places', () => {
    const { root } = parseConfiguration('<a b="1"><c b="2" d=""/><c\n b="3"/></a>', 'f')
    const places = elements(root).flatMap(({ attributes }) => attributes.map(({ at }) => [at?.line, at?.column]))
    expect(places).toEqual([
      [1, 13],
      [1, 19],
      [2, 2],
    ])
  })

  it('keeps comments', () => {
    expect(children[0]?.type).toBe(COMMENT)
  })

  it('says in which line the element was opened whose end is missing', () => {
    expect(() => parseConfiguration('<a>\n <b>\n <c/>\n</a>', 'f')).toThrow(
      new XmlError('the end tag </b>, whose start tag is in line 2, is expected here', 15, 4, 1),
    )
    expect(() => parseConfiguration('<a>\n', 'f')).toThrow(
      'the end tag </a>, whose start tag is in line 1, is missing (line 2, column 1)',
    )
  })
})
