import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { encodeText } from './charset.ts'

describe('text to be written in a charset', () => {
  it.each([
    ['UTF-8', 'é€', 'c3a9e282ac'],
    ['utf-16le', 'é', 'e900'],
    ['UTF-16BE', 'é', '00e9'],
    ['UTF-16', 'é', 'fffee900'],
    ['ISO-8859-1', 'é', 'e9'],
    ['US-ASCII', 'é', '3f'],
    ['ISO-8859-2', 'ł', 'b3'],
    ['windows-1252', '€', '80'],
    ['ISO-8859-15', '€', 'a4'],
  ])('%s of %j is %s', (charset, text, hex) => {
    expect(encodeText(text, charset).toString('hex')).toBe(hex)
  })

  it('replaces what the charset does not have as the format wants it', () => {
    expect(encodeText('a😀', 'ISO-8859-1', (character) => `&#${character.codePointAt(0)};`).toString()).toBe(
      'a&#128512;',
    )
  })

  it('that the bus cannot write is a fault', () => {
    expect(() => encodeText('a', 'no-such')).toThrow(Fault)
    expect(() => encodeText('a', 'Shift_JIS')).toThrow(Fault)
  })
})
