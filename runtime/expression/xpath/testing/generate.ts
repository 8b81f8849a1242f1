import * as fc from 'fast-check'

/** Prefixes that generated expressions use; documents bind `p` and sometimes a default namespace to these. */
export const NAMESPACES: Readonly<Record<string, string>> = { p: 'urn:p', d: 'urn:d' }

const names = fc.constantFrom('a', 'b', 'c', 'p:a', 'p:b')
const texts = fc.constantFrom('1', '2', '3', '10', '-1', '1.5', 'foo', ' bar ', 'foo bar', 'é😀x', '0')
const attributeNames = fc.constantFrom('x', 'y', 'p:x', 'id')

const attributes = fc
  .uniqueArray(fc.tuple(attributeNames, texts), { selector: ([name]) => name, maxLength: 3 })
  .map((pairs) => pairs.map(([name, value]) => ` ${name}="${value}"`).join(''))

interface Part {
  readonly text: boolean
  readonly xml: string
}

const { element } = fc.letrec<{ element: Part; part: Part }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'xml' },
    { weight: 3, arbitrary: texts.map((xml) => ({ text: true, xml })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('<!--note-->', '<?go on?>', '<?stop?>').map((xml) => ({ text: false, xml })),
    },
    { weight: 6, arbitrary: tie('element') },
  ),
  element: fc
    .tuple(
      names,
      fc.constantFrom('', '', '', ' xmlns="urn:d"', ' xmlns=""'),
      attributes,
      fc.array(tie('part'), { maxLength: 5, depthIdentifier: 'xml', size: 'max' }),
    )
    .map(([name, declaration, attrs, parts]) => {
      const inner = parts.map(({ text, xml }, i) => (text && parts[i - 1]?.text === true ? '' : xml)).join('')
      const open = `${name}${declaration}${attrs}`
      return { text: false, xml: inner === '' ? `<${open}/>` : `<${open}>${inner}</${name}>` }
    }),
}))

/** Documents without neighbouring texts, about which other implementations disagree. */
export const documents: fc.Arbitrary<string> = fc
  .array(element, { minLength: 2, maxLength: 4 })
  .map(
    (elements) => `<!--start--><root xmlns:p="urn:p">${elements.map(({ xml }) => xml).join('')}<b>2</b></root><?end?>`,
  )

const axes = fc.constantFrom(
  'child',
  'child',
  'descendant',
  'descendant-or-self',
  'self',
  'parent',
  'ancestor',
  'ancestor-or-self',
  'following',
  'preceding',
  'following-sibling',
  'preceding-sibling',
)
const tests = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'p:a', 'p:b', 'd:a', 'd:b') },
  { weight: 3, arbitrary: fc.constantFrom('*', '*', 'p:*', 'd:*') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'node()',
      'text()',
      'comment()',
      'processing-instruction()',
      "processing-instruction('go')",
    ),
  },
)
const literals = texts.map((text) => `'${text}'`)
const numbers = fc.constantFrom('0', '1', '2', '3', '1.5', '10')
const comparisons = fc.constantFrom('=', '!=', '<', '<=', '>', '>=')

const join = (parts: string[], separators: string[]): string =>
  parts.map((part, i) => (i === 0 ? part : (separators[i % separators.length] ?? '/') + part)).join('')

interface Grammar {
  paths: string
  expressions: string
  step: string
  predicate: string
  number: string
  string: string
  boolean: string
}
type Tie = (key: keyof Grammar) => fc.Arbitrary<string>

/** Alternatives with weights; nested ones stop at some depth. */
const choose = (...choices: [weight: number, arbitrary: fc.Arbitrary<string>][]): fc.Arbitrary<string> =>
  fc.oneof({ maxDepth: 3, depthIdentifier: 'xpath' }, ...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const words = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((values) => values.join(' '))

/** A call whose function and arguments are chosen. */
const call = (name: fc.Arbitrary<string>, ...args: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(name, fc.tuple(...args)).map(([f, values]) => `${f}(${values.join(', ')})`)

const one = (text: string): fc.Arbitrary<string> => fc.constant(text)

function pathsOf(tie: Tie): fc.Arbitrary<string> {
  const location = fc
    .tuple(
      fc.constantFrom('', '', '/', '//', './/', './', '../'),
      fc.array(tie('step'), { minLength: 1, maxLength: 4, depthIdentifier: 'xpath' }),
      fc.array(fc.constantFrom('/', '/', '//'), { minLength: 1, maxLength: 3 }),
    )
    .map(([start, steps, separators]) => start + join(steps, separators))
  const filtered = fc.tuple(tie('paths'), tie('predicate'))
  return choose(
    [8, location],
    [1, words(tie('paths'), one('|'), tie('paths'))],
    [1, fc.tuple(filtered, tie('step')).map(([[path, predicate], step]) => `(${path})${predicate}/${step}`)],
    [1, filtered.map(([path, predicate]) => `(${path})${predicate}`)],
  )
}

function stepOf(tie: Tie): fc.Arbitrary<string> {
  const full = fc
    .tuple(axes, tests, fc.array(tie('predicate'), { maxLength: 2, depthIdentifier: 'xpath' }))
    .map(([axis, test, predicates]) => `${axis === 'child' ? '' : `${axis}::`}${test}${predicates.join('')}`)
  return choose([1, fc.constantFrom('.', '..', '@x', '@*', '@p:x', '@id')], [6, full])
}

const predicateOf = (tie: Tie): fc.Arbitrary<string> =>
  choose(
    [3, fc.constantFrom('1', '2', 'last()', 'position() = 2', 'position() < 3', 'last() - 1')],
    [2, tie('paths')],
    [3, tie('boolean')],
    [1, tie('number')],
  ).map((inner) => `[${inner}]`)

const numberOf = (tie: Tie): fc.Arbitrary<string> =>
  choose(
    [3, numbers],
    [1, fc.constantFrom('position()', 'last()', 'string-length()', 'number()')],
    [3, call(fc.constantFrom('count', 'sum'), tie('paths'))],
    [2, words(one('('), tie('number'), fc.constantFrom('+', '-', '*', 'div', 'mod'), tie('number'), one(')'))],
    [2, call(fc.constantFrom('floor', 'ceiling', 'round', '-'), tie('number'))],
    [2, call(fc.constantFrom('string-length', 'number'), tie('string'))],
  )

const stringOf = (tie: Tie): fc.Arbitrary<string> =>
  choose(
    [3, literals],
    [3, call(fc.constantFrom('string', 'name', 'local-name', 'namespace-uri', 'normalize-space'), tie('paths'))],
    [1, call(fc.constantFrom('name', 'local-name', 'namespace-uri', 'string', 'normalize-space'))],
    [1, call(one('concat'), tie('string'), tie('string'))],
    [2, call(fc.constantFrom('substring-before', 'substring-after'), tie('string'), literals)],
    [1, call(one('substring'), tie('string'), tie('number'), tie('number'))],
    [1, call(one('translate'), tie('string'), literals, literals)],
    [1, call(one('string'), tie('number'))],
  )

const booleanOf = (tie: Tie): fc.Arbitrary<string> =>
  choose(
    [3, words(tie('paths'), comparisons, fc.oneof(literals, numbers))],
    [1, words(fc.oneof(literals, numbers), comparisons, tie('paths'))],
    [2, words(tie('paths'), comparisons, tie('paths'))],
    [1, words(tie('number'), comparisons, tie('number'))],
    [1, words(tie('string'), comparisons, tie('string'))],
    [
      1,
      words(one('('), tie('boolean'), one(')'), fc.constantFrom('and', 'or', '=', '!='), call(one(''), tie('boolean'))),
    ],
    [1, call(one('not'), fc.oneof(tie('boolean'), tie('paths')))],
    [1, call(fc.constantFrom('contains', 'starts-with'), tie('string'), literals)],
    [1, call(one('boolean'), tie('paths'))],
  )

/** Expressions of every kind, most of them paths. */
export const { expressions } = fc.letrec<Grammar>((tied) => {
  const tie = tied as Tie
  return {
    paths: pathsOf(tie),
    step: stepOf(tie),
    predicate: predicateOf(tie),
    number: numberOf(tie),
    string: stringOf(tie),
    boolean: booleanOf(tie),
    expressions: choose([6, tie('paths')], [1, tie('number')], [1, tie('string')], [2, tie('boolean')]),
  }
})
