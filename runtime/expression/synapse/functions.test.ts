import { parseJson, parseXml } from 'viaduct'
import { createContext, type TestContext, TestPlatform, testServices } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { compileSynapsePath } from './synapse-path.ts'

const VARIABLES = {
  name: 'Ann',
  age: 30,
  list: parseJson('["a","b"]'),
  object: parseJson('{"a":1}'),
  note: parseXml('<note>hi</note>').root,
  pattern: '\\s+',
  format: 'yyyy',
}

function context(): TestContext {
  const services = testServices({ platform: new TestPlatform(new Date(2026, 1, 3, 14, 5, 9, 87).getTime()) })
  const ctx = createContext({ services })
  for (const [name, value] of Object.entries(VARIABLES)) ctx.variables.set(name, value)
  return ctx
}

function ask(expression: string, ctx = context()): string {
  return compileSynapsePath(`\${${expression}}`, () => undefined).string(ctx)
}

const reasonOf = (expression: string): string => {
  const ctx = context()
  expect(ask(expression, ctx)).toBe('')
  return (ctx.lines[0] ?? '').slice(`WARN \${${expression}}: `.length, -'; the result is empty'.length)
}

type Row = readonly [expression: string, expected: string]

function table(what: string, rows: readonly Row[]): void {
  describe(what, () => {
    test.each(rows)('%s is %s', (expression, expected) => {
      const ctx = context()
      expect(ask(expression, ctx)).toBe(expected)
      expect(ctx.lines).toEqual([])
    })
  })
}

function failures(what: string, rows: readonly Row[]): void {
  describe(what, () => {
    test.each(rows)('%s fails: %s', (expression, reason) => {
      expect(reasonOf(expression)).toBe(reason)
    })
  })
}

table('functions on texts', [
  ['length("four")', '4'],
  ['length("")', '0'],
  ['length([1, 2, 3])', '3'],
  ['length(vars.list)', '2'],
  ['length(vars.note)', '15'],
  ['toUpper("Straße")', 'STRASSE'],
  ['toLower("ABC")', 'abc'],
  ['subString("viaduct", 3)', 'duct'],
  ['subString("viaduct", 0, 3)', 'via'],
  ['subString("abc", 3)', ''],
  ['startsWith("viaduct", "via")', 'true'],
  ['startsWith("viaduct", "duct")', 'false'],
  ['endsWith("viaduct", "duct")', 'true'],
  ['contains("viaduct", "adu")', 'true'],
  ['contains("viaduct", "")', 'true'],
  ['trim("  a b\\t\\n")', 'a b'],
  ['replace("a.b.c", ".", "$&")', 'a$&b$&c'],
  ['replace("abc", "x", "y")', 'abc'],
  ['indexOf("banana", "an")', '1'],
  ['indexOf("banana", "an", 2)', '3'],
  ['indexOf("banana", "x")', '-1'],
  ['charAt("abc", 1)', 'b'],
])

failures('functions on texts', [
  ['length(34)', 'length() needs text, not a number'],
  ['length(null)', 'length() needs a value, not null'],
  ['toUpper(vars.age)', 'toUpper() needs text, not a number'],
  ['toLower(vars.list)', 'toLower() needs text, not an array'],
  ['trim(true)', 'trim() needs text, not a boolean'],
  ['startsWith("a", 1)', 'startsWith() needs text, not a number'],
  ['contains("a", vars.object)', 'contains() needs text, not an object'],
  ['subString("abc", 4)', 'subString(): 4 to 3 is outside a text of 3'],
  ['subString("abc", 2, 1)', 'subString(): 2 to 1 is outside a text of 3'],
  ['subString("abc", -1)', 'subString(): -1 to 3 is outside a text of 3'],
  ['subString("abc", 0.5)', 'subString() needs a whole number, not a number'],
  ['subString("abc", "1")', 'subString() needs a whole number, not text'],
  ['charAt("abc", 3)', 'charAt(): 3 is outside a text of 3'],
  ['charAt("abc", -1)', 'charAt(): -1 is outside a text of 3'],
  ['replace("a", "b", vars.list)', 'replace() needs text, not an array'],
  ['replace("a", vars.none, "b")', 'the variable "none" is not set'],
])

table('split()', [
  ['split("a b,c", "[ ,]")', '["a","b","c"]'],
  ['split("abc", "")', '["a","b","c"]'],
  ['split(",a,,b,,", ",")', '["","a","","b"]'],
  ['split(",", ",")', '[]'],
  ['split("abc", ",")', '["abc"]'],
  ['split("", ",")', '[""]'],
  ['split("a1b22c", "\\d+")', '["a","b","c"]'],
  ['split("a  b", vars.pattern)', '["a","b"]'],
  ['split("a-b", "-")[1]', 'b'],
  ['length(split("a-b", "-"))', '2'],
])

failures('split()', [
  ['split(12, ",")', 'split() needs text, not a number'],
  ['split("a", vars.list)', 'split() needs text, not an array'],
])

test('split() fails for a pattern of a message that is none', () => {
  const ctx = context()
  ctx.variables.set('pattern', '(')
  expect(ask('split("a", vars.pattern)', ctx)).toBe('')
  expect(ctx.lines[0]).toMatch(/^WARN .*: split\(\): .*; the result is empty$/)
})

table('functions on numbers', [
  ['abs(-5)', '5'],
  ['abs(-5.0)', '5.0'],
  ['abs(2.5)', '2.5'],
  ['ceil(5.4)', '6.0'],
  ['ceil(-5.4)', '-5.0'],
  ['ceil(5)', '5'],
  ['floor(5.9)', '5.0'],
  ['floor(-5.4)', '-6.0'],
  ['round(5.5)', '6'],
  ['round(-5.5)', '-5'],
  ['round(7)', '7'],
  ['round(2.345, 2)', '2.35'],
  ['round(-2.345, 2)', '-2.35'],
  ['round(2.5, 9)', '2.5'],
  ['round(7, 2)', '7'],
  ['sqrt(25)', '5.0'],
  ['sqrt(-1)', 'NaN'],
  ['log(1000)', '3.0'],
  ['log(8, 2)', '3.0'],
  ['pow(2, 10)', '1024.0'],
  ['pow(2, -2)', '0.25'],
  ['pow(10, 400)', 'Infinity'],
])

failures('functions on numbers', [
  ['abs("5")', 'abs() needs a number, not text'],
  ['round(2.5, 0)', 'round(): decimal places must be 1 or more'],
  ['sqrt(vars.list)', 'sqrt() needs a number, not an array'],
  ['pow(2, "3")', 'pow() needs a number, not text'],
  ['log(null)', 'log() needs a value, not null'],
])

table('encodings', [
  ['base64encode("grüße")', 'Z3LDvMOfZQ=='],
  ['base64encode("grüße", "ISO-8859-1")', 'Z3L832U='],
  ['base64encode("é€", "US-ASCII")', 'Pz8='],
  ['base64encode("a", "utf-16")', '/v8AYQ=='],
  ['base64encode("a", "UTF-16LE")', 'YQA='],
  ['base64decode("Z3LDvMOfZQ==")', 'grüße'],
  ['urlEncode("a b&c/d")', 'a%20b%26c%2Fd'],
  ['urlEncode("*\'()!~.-_é")', '%2A%27%28%29%21%7E.-_%C3%A9'],
  ['urlDecode("a+b%20c%26")', 'a b c&'],
])

test('urlEncode() writes a space as %20 in UTF-8 and as + elsewhere [COMPAT url-encode-space]', () => {
  expect(ask('urlEncode("a b*")')).toBe('a%20b%2A')
  expect(ask('urlEncode("a b*", "UTF-8")')).toBe('a%20b%2A')
  expect(ask('urlEncode("a b*é", "ISO-8859-1")')).toBe('a+b*%E9')
})

failures('encodings', [
  ['base64encode("a", "UTF-99")', 'base64encode(): there is no such charset'],
  ['base64encode(34)', 'base64encode() needs text, not a number'],
  ['base64decode("*")', 'base64decode(): the text is not Base64'],
  ['urlEncode("a", "UTF-99")', 'urlEncode(): there is no such charset'],
  ['urlDecode("%E9")', 'urlDecode(): the text is not URL-encoded'],
])

table('tests and conversions', [
  ['isString("a")', 'true'],
  ['isString(1)', 'false'],
  ['isString(vars.note)', 'true'],
  ['isNumber(1.5)', 'true'],
  ['isNumber("1.5")', 'false'],
  ['isArray(vars.list)', 'true'],
  ["isArray('[1]')", 'true'],
  ["isArray('[1')", 'false'],
  ['isArray(vars.object)', 'false'],
  ['isObject(vars.object)', 'true'],
  ["isObject('{}')", 'true'],
  ['isObject(vars.note)', 'false'],
  ['string(12) + "!"', '12!'],
  ['string(vars.object)', '{"a":1}'],
  ['string(true) + ""', 'true'],
  ['integer("42") + 1', '43'],
  ['integer(42)', '42'],
  ['float("2.5") + 1', '3.5'],
  ['float(3)', '3.0'],
  ['float("1e3")', '1000.0'],
  ['boolean("TRUE")', 'true'],
  ['boolean("yes")', 'false'],
  ['boolean(1)', 'false'],
  ['boolean(true)', 'true'],
  ['object(\'{"a":[1,2]}\').a[1]', '2'],
  ['array(\'["x"]\')[0]', 'x'],
  ['array(vars.list)', '["a","b"]'],
  ['not(false)', 'true'],
  ['not(1 > 2) ? "a" : "b"', 'a'],
  ['exists(vars.name)', 'true'],
  ['exists(vars.none)', 'false'],
  ['exists(vars.name.a)', 'false'],
  ['exists(null)', 'false'],
  ['exists(vars.none) ? vars.none : "nobody"', 'nobody'],
  ['exists(1 / 0)', 'false'],
])

failures('tests and conversions', [
  ['isNumber(null)', 'isNumber() needs a value, not null'],
  ['isString(vars.none)', 'the variable "none" is not set'],
  ['string(null)', 'string() needs a value, not null'],
  ['integer("4.5")', 'integer(): the value is no whole number'],
  ['integer(4.5)', 'integer(): the value is no whole number'],
  ['integer("four")', 'integer(): the value is no whole number'],
  ['integer(vars.list)', 'integer() needs a number or text, not an array'],
  ['float("x")', 'float(): the value is no number'],
  ["object('[]')", 'object() needs a JSON object, not text'],
  ['object(3)', 'object() needs a JSON object, not a number'],
  ['array(vars.object)', 'array() needs a JSON array, not an object'],
  ['not("false")', 'not() needs a boolean, not text'],
])

table('dates and times', [
  ['now()', String(new Date(2026, 1, 3, 14, 5, 9, 87).getTime())],
  ["formatDateTime(now(), 'yyyy-MM-dd HH:mm:ss.SSS')", '2026-02-03 14:05:09.087'],
  ['formatDateTime(now(), vars.format)', '2026'],
  ["formatDateTime('29/09/1988', 'dd/MM/yyyy', 'd MMM yyyy')", '29 Sep 1988'],
  ["formatDateTime('11-22-33', 'HH-mm-ss', 'hh:mm a')", '11:22 AM'],
])

failures('dates and times', [
  ["formatDateTime('now', 'yyyy')", 'formatDateTime() needs a number of milliseconds, not text'],
  ["formatDateTime('50-22', 'HH-mm', 'HH')", 'formatDateTime(): the hour is out of range'],
  [
    "formatDateTime('2026-02-03', 'yyyy-MM-dd', 'HH:mm')",
    'formatDateTime(): the pattern asks for what the time does not have',
  ],
  ['formatDateTime(now(), vars.name)', 'formatDateTime(): the letter A cannot stand in a pattern for local times'],
])
