import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ProcessLog } from './logger.ts'

function logTo(format: 'pretty' | 'json', level: 'INFO' | 'WARN' = 'INFO') {
  const out = new PassThrough()
  const log = new ProcessLog(out, { format, level, colour: false })
  return { log, text: () => (log.flush(), String(out.read() ?? '')) }
}

test('a pretty line holds level, category, text and correlation id', () => {
  const { log, text } = logTo('pretty')
  log.log('WARN', 'exchange', 'something', { correlation_id: 'c-1' })
  expect(text()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}exchange: something \[c-1\]\n$/)
})

test('a JSON line can be parsed and holds the fields', () => {
  const { log, text } = logTo('json')
  log.log('ERROR', 'exchange', 'bad', { correlation_id: 'c-1', 'viaduct.fault.code': 101503 })
  expect(JSON.parse(text())).toMatchObject({
    level: 'ERROR',
    logger: 'exchange',
    message: 'bad',
    correlation_id: 'c-1',
    'viaduct.fault.code': 101503,
  })
})

test('a message cannot forge a line or colour the terminal', () => {
  const { log, text } = logTo('pretty')
  log.log('INFO', 'log', 'a\r\n12:00:00.000 ERROR fake: x\u001b[31m', { correlation_id: 'c\n1' })
  const lines = text().trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/^ {4}12:00/)
  expect(lines.join('')).not.toContain('\u001b')
})

test('a long text is cut and says how long it was', () => {
  const { log, text } = logTo('json')
  log.log('INFO', 'log', 'x'.repeat(10_000))
  const line = JSON.parse(text()) as { message: string }
  expect(line.message.length).toBeLessThan(4200)
  expect(line.message).toContain('(10000 characters)')
})

test('lines below the level are not written', () => {
  const { log, text } = logTo('json', 'WARN')
  expect([log.enabled('INFO'), log.enabled('WARN')]).toEqual([false, true])
  log.log('INFO', 'b', 'never')
  expect(text()).toBe('')
})

test('a closed output loses lines, not the process', () => {
  const out = new PassThrough()
  const log = new ProcessLog(out, { format: 'json', level: 'INFO', colour: false })
  out.destroy(new Error('disk full'))
  log.log('INFO', 'a', 'lost')
  expect(() => log.flush()).not.toThrow()
})
