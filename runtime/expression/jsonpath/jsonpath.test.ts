import { describe, expect, test } from 'vitest'
import { parseJson, printJson } from '../../json/index.ts'
import { compileJsonPath } from './jsonpath.ts'

const STORE = parseJson(`{
  "store": {
    "book": [
      {"category": "reference", "author": "Nigel Rees", "title": "Sayings", "price": 8.95},
      {"category": "fiction", "author": "Evelyn Waugh", "title": "Sword", "price": 12.99},
      {"category": "fiction", "author": "Melville", "title": "Moby Dick", "isbn": "0-553", "price": 8.99},
      {"category": "fiction", "author": "Tolkien", "title": "The Lord", "isbn": "0-395", "price": 22.99}
    ],
    "bicycle": {"color": "red", "price": 19.95},
    "odd keys": {"a.b": 1, "@id": 2, "": 3, "__proto__": 4}
  },
  "expensive": 10,
  "nothing": null
}`)

const read = (path: string): string | undefined => {
  const value = compileJsonPath(path).read(STORE)
  return value === undefined ? undefined : printJson(value)
}

describe('a definite path', () => {
  test.each([
    ['$.store.bicycle.color', '"red"'],
    ["$['store']['bicycle']['color']", '"red"'],
    ['$.store.book[0].author', '"Nigel Rees"'],
    ['$.store.book[-1].title', '"The Lord"'],
    ["$.store['odd keys']['a.b']", '1'],
    ["$.store['odd keys'].@id", '2'],
    ["$.store['odd keys'].__proto__", '4'],
    ['$.nothing', 'null'],
    ['$.expensive', '10'],
    ['$.store.bicycle.', '{"color":"red","price":19.95}'],
  ])('%s gives the value itself', (path, expected) => expect(read(path)).toBe(expected))

  test.each([
    '$.store.car',
    '$.store.book[9]',
    '$.expensive.deep',
    '$.nothing.x',
    '$.constructor',
    '$.store.book.length.x',
  ])('%s gives nothing when it leads nowhere', (path) => expect(read(path)).toBeUndefined())

  test('a dot may be missing after a bracket (COMPAT jsonpath-missing-dot)', () => {
    expect(read('$.store.book[0]author')).toBe('"Nigel Rees"')
    expect(() => compileJsonPath('$.store.book[0]9')).toThrow('cannot stand here')
  })

  test('COMPAT trailing-dot: the root with or without a dot is the document', () => {
    expect(compileJsonPath('$').read(STORE)).toBe(STORE)
    expect(compileJsonPath('$.').read(STORE)).toBe(STORE)
  })
})

describe('an indefinite path gives an array', () => {
  test.each([
    ['$.store.book[*].author', '["Nigel Rees","Evelyn Waugh","Melville","Tolkien"]'],
    ['$..author', '["Nigel Rees","Evelyn Waugh","Melville","Tolkien"]'],
    ['$.store..price', '[8.95,12.99,8.99,22.99,19.95]'],
    ['$..book[2].title', '["Moby Dick"]'],
    ['$..book[-2].title', '["Moby Dick"]'],
    ['$.store.book[0,1].price', '[8.95,12.99]'],
    ['$.store.book[:2].price', '[8.95,12.99]'],
    ['$.store.book[-2:].price', '[8.99,22.99]'],
    ['$.store.book[::2].price', '[8.95,8.99]'],
    ['$.store.book[?(@.isbn)].title', '["Moby Dick","The Lord"]'],
    ['$.store.book[?(@.price < 10)].title', '["Sayings","Moby Dick"]'],
    ['$..book[?(@.price <= $.expensive)].title', '["Sayings","Moby Dick"]'],
    ["$.store.book[?(@.category == 'fiction' && @.price > 20)].title", '["The Lord"]'],
    ["$.store.book[?(@.category == 'reference' || @.price > 20)].title", '["Sayings","The Lord"]'],
    ['$.store.book[?(!(@.isbn))].title', '["Sayings","Sword"]'],
    ['$.store.book[?(@.author =~ /.*REES/i)].title', '["Sayings"]'],
    ["$.store.book[?(@.category in ['reference', 'x'])].title", '["Sayings"]'],
    ["$.store.book[?(@.category nin ['reference'])].price", '[12.99,8.99,22.99]'],
    ["$.store.book[?(@.title contains 'Lord')].price", '[22.99]'],
    ['$.store.book[?(@.price > 1000)]', '[]'],
    ['$.nowhere[*]', '[]'],
  ])('%s', (path, expected) => expect(read(path)).toBe(expected))
})

describe('a function at the end', () => {
  test.each([
    ['$.store.book.length()', '4'],
    ['$..price.max()', '22.99'],
    ['$..price.min()', '8.95'],
    ['$..price.sum()', '73.87'],
    ['$.store.bicycle.keys()', '["color","price"]'],
    ['$.store.book.first().title', undefined],
  ])('%s', (path, expected) => {
    if (expected === undefined) expect(() => compileJsonPath(path)).toThrow()
    else expect(read(path)).toBe(expected)
  })
})

test('a path of filters nested without end is refused, not overflown', () => {
  expect(() => compileJsonPath(`$[?(${'('.repeat(5000)}@.a${')'.repeat(5000)})]`)).toThrow(/nested/)
})

test('the places of values are keys and indexes from the root', () => {
  expect(compileJsonPath('$.store.book[?(@.price > 20)].title').locations(STORE)).toEqual([
    ['store', 'book', 3, 'title'],
  ])
  expect(compileJsonPath('$.store.car').locations(STORE)).toEqual([['store', 'car']])
  expect(compileJsonPath('$.shop.car').locations(STORE)).toEqual([])
  expect(compileJsonPath('$.store.book[9]').locations(STORE)).toEqual([])
})

test.each([
  [' ', 1],
  ['$.a[', 4],
  ['$.a[?(@.b ==)]', 12],
  ["$['a", 2],
  ['$.a b', 4],
  ['$.a[?(@.b =~ /(/)]', 16],
])('%s is refused with the place of the mistake', (path, offset) => {
  expect(() => compileJsonPath(path)).toThrow(expect.objectContaining({ offset }))
})

test('a path without $ starts at the root, as in Jayway', () => {
  expect(read('expensive')).toBe('10')
  expect(read('store.book[0].title')).toBe('"Sayings"')
  expect(read("['expensive']")).toBe('10')
  expect(() => compileJsonPath(' ')).toThrow('the path is empty')
})

test('a list of names at the end gives one object with these members', () => {
  expect(read("$.store.book[0]['title','price']")).toBe('{"title":"Sayings","price":8.95}')
  expect(read("$.store.book[*]['isbn','price']")).toBe(
    '[{"price":8.95},{"price":12.99},{"isbn":"0-553","price":8.99},{"isbn":"0-395","price":22.99}]',
  )
  expect(read("$..['isbn','title']")).toBe('[{"isbn":"0-553","title":"Moby Dick"},{"isbn":"0-395","title":"The Lord"}]')
  expect(read("$.store['bicycle','car'].color")).toBe('["red"]')
  expect(compileJsonPath("$.store.bicycle['color','price']").locations(STORE)).toEqual([
    ['store', 'bicycle', 'color'],
    ['store', 'bicycle', 'price'],
  ])
})

test('COMPAT jsonpath-aggregate-double: what is computed is a double', () => {
  const sum = (text: string): string => printJson(compileJsonPath('$.sum()').read(parseJson(text)) ?? null)
  expect(sum('[1,2]')).toBe('3.0')
  expect(sum('[10000000]')).toBe('1.0E7')
  expect(sum('[0.5,0.25]')).toBe('0.75')
})

test('patterns are those of Java: they match the whole text, and none can take for ever', () => {
  const doc = parseJson('["Moby Dick", "moby dick", "a/b", "x\\ny"]')
  const matching = (pattern: string): string => printJson(compileJsonPath(`$[?(@ =~ ${pattern})]`).read(doc) ?? null)
  expect(matching('/Moby/')).toBe('[]')
  expect(matching('/moby.*/i')).toBe('["Moby Dick","moby dick"]')
  expect(matching(String.raw`/\p{Lower}\/b/`)).toBe('["a/b"]')
  expect(matching('/x.y/')).toBe('[]')
  expect(matching('/x.y/s')).toBe(String.raw`["x\ny"]`)
  expect(() => compileJsonPath(String.raw`$[?(@ =~ /(a+)+\1b/)]`)).toThrow('exponential')
})

test.each([
  ["$[?(@.tags subsetof ['a', 'b'])].id", '[1,3]'],
  ["$[?(@.tags anyof ['b', 'c'])].id", '[1,2]'],
  ["$[?(@.tags noneof ['b', 'c'])].id", '[3]'],
])('filters compare lists: %s is %s', (path, expected) => {
  const rows = parseJson('[{"id":1,"tags":["a","b"]},{"id":2,"tags":["a","c"]},{"id":3,"tags":[]},{"id":4,"tags":"a"}]')
  expect(printJson(compileJsonPath(path).read(rows) ?? null)).toBe(expected)
})

test('outside filters quotes belong to a name', () => {
  expect(compileJsonPath("$.'$'").read(parseJson('{"\'$\'":1}'))).toBe(1)
})
