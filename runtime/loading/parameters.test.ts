import { expect, test } from 'vitest'
import { resolveParameters } from './parameters.ts'

const sources = {
  environment: (name: string) => ({ HOST: 'a.example', PORT: '80' })[name],
  file: (name: string) => ({ 'db.url': 'jdbc:x' })[name],
  configuration: (name: string) => ({ 'stage.name': 'test' })[name],
}

const resolve = (text: string) => {
  const reasons: string[] = []
  return { text: resolveParameters(text, sources, (reason) => reasons.push(reason)), reasons }
}

test.each([
  ['$SYSTEM:HOST', 'a.example'],
  ['http://$SYSTEM:HOST:$SYSTEM:PORT/x', 'http://a.example:80/x'],
  ['$FILE:db.url', 'jdbc:x'],
  ['/${configs.stage.name}/x', '/test/x'],
  ['http://x/$other/{uri.var.a}', 'http://x/$other/{uri.var.a}'],
  ['plain', 'plain'],
])('%s becomes %s', (text, resolved) => {
  expect(resolve(text)).toEqual({ text: resolved, reasons: [] })
})

test.each([
  ['$SYSTEM:NONE', '$SYSTEM:NONE: the environment variable NONE is not set'],
  ['$FILE:none', '$FILE:none: file.properties has no "none"'],
  ['${configs.none}', '${configs.none}: there is no configuration property "none"'],
  [
    '$CUSTOM_vault:x',
    '$CUSTOM_vault:x: custom property resolvers are not supported; use $SYSTEM:, $FILE: or ${configs.…}',
  ],
])('%s without a value tells why', (text, reason) => {
  expect(resolve(text)).toEqual({ text: '', reasons: [reason] })
})
