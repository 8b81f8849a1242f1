import { expect, test } from 'vitest'
import { closest, Diagnostics, didYouMean, formatDiagnostic } from './diagnostic.ts'

const at = { file: 'a.xml', line: 2, column: 5, endLine: 2, endColumn: 9 }

test('a diagnostic prints path, line, column, severity, code and message', () => {
  expect(formatDiagnostic({ code: 'element-unknown', severity: 'error', message: 'there is no <x>', at })).toBe(
    'a.xml:2:5 error element-unknown: there is no <x>',
  )
})

test('severity follows from the code, and strict makes every warning an error', () => {
  const lenient = new Diagnostics()
  lenient.report('attribute-unknown', at, 'x')
  expect(lenient.found[0]?.severity).toBe('warning')
  expect(lenient.failed).toBe(false)
  const strict = new Diagnostics(true)
  strict.report('attribute-unknown', at, 'x')
  expect(strict.failed).toBe(true)
})

test('a typo finds the nearest name, a strange word finds none', () => {
  expect(closest('proprety', ['property', 'log'])).toBe('property')
  expect(closest('zzz', ['property', 'log'])).toBeUndefined()
  expect(didYouMean('lvl', ['level'])).toBe('; did you mean "level"?')
  expect(didYouMean('zzz', ['level'])).toBe('')
})
