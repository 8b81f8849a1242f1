import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatDiagnostic } from '../diagnostic.ts'
import { DEFAULT_SERVER_SETTINGS, SETTING_FORMS } from './server-settings.ts'
import type { SettingForms } from './setting-forms.ts'
import { environmentNames, readSettings } from './settings.ts'
import { settingsSchema } from './settings-schema.ts'

const read = (text: string | undefined, environment: Record<string, string> = {}) => {
  const file = text === undefined ? undefined : { file: 'viaduct.config.json', text }
  const { settings, diagnostics } = readSettings({ file, environment })
  return { settings, problems: diagnostics.map(formatDiagnostic) }
}

test('without a file every setting has its default', () => {
  expect(read(undefined)).toEqual({ settings: DEFAULT_SERVER_SETTINGS, problems: [] })
})

test('the file overrides defaults one by one', () => {
  const { settings, problems } = read(`{
    "$schema": "./schema.json",
    "dialect": "apache",
    "limits": { "body": 1024 },
    "egress": { "allow": ["a.example", "*.b.example"] },
    "properties": { "synapse.commons.json.preserve.namespace": true }
  }`)
  expect(problems).toEqual([])
  expect(settings).toEqual({
    ...DEFAULT_SERVER_SETTINGS,
    dialect: 'apache',
    limits: { ...DEFAULT_SERVER_SETTINGS.limits, body: 1024 },
    egress: { allow: ['a.example', '*.b.example'] },
    properties: { 'synapse.commons.json.preserve.namespace': 'true' },
  })
})

test('files are named relative to the home, and one that is not there is reported', () => {
  const home = mkdtempSync(join(tmpdir(), 'viaduct-settings-'))
  try {
    const here = join(home, 'here.pem')
    copyFileSync('samples/0152/security/localhost.crt', here)
    const text = '{"http": {"tls": {"trust": "here.pem", "outboundKey": "./none.pem", "passphrase": "here.pem"}}}'
    const { settings, diagnostics } = readSettings({
      file: { file: 'viaduct.config.json', text },
      environment: { VIADUCT_HTTP_TLS_CLIENT_CA: here, VIADUCT_HTTP_TLS_KEY: 'none.pem' },
      root: home,
    })
    const { outboundKey, key, trust, clientCa, passphrase } = settings.http.tls
    expect([trust, outboundKey, clientCa, key, passphrase]).toEqual([here, '', here, '', 'here.pem'])
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      'environment:1:1 error setting-invalid: VIADUCT_HTTP_TLS_KEY: the file "none.pem" cannot be read',
      'viaduct.config.json:1:55 error setting-invalid: http.tls.outboundKey: the file "./none.pem" cannot be read',
    ])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('every mistake is reported where it is written', () => {
  const { settings, problems } = read(`{
  "dialct": "apache",
  "dialect": "axis",
  "limits": {
    "body": "big",
    "boddy": 1,
    "depth": 0
  },
  "timeouts": { "connect": 99999999999, "reader": 1.5 },
  "http": [],
  "egress": { "allow": ["a", 1] },
  "watch": "yes",
  "watch": true,
  "properties": { "a": {} }
}`)
  expect(problems).toEqual([
    'viaduct.config.json:2:3 error setting-invalid: there is no setting "dialct"; did you mean "dialect"?',
    'viaduct.config.json:3:14 error setting-invalid: dialect: expected one of wso2, apache',
    'viaduct.config.json:5:13 error setting-invalid: limits.body: expected a whole number',
    'viaduct.config.json:6:5 error setting-invalid: there is no setting "limits.boddy"; did you mean "body"?',
    'viaduct.config.json:7:14 error setting-invalid: limits.depth: expected 1 or more',
    'viaduct.config.json:9:28 error setting-invalid: timeouts.connect: expected 2147483647 or less',
    'viaduct.config.json:9:51 error setting-invalid: timeouts.reader: expected a whole number',
    'viaduct.config.json:10:11 error setting-invalid: http: expected an object',
    'viaduct.config.json:11:30 error setting-invalid: egress.allow: expected text',
    'viaduct.config.json:12:12 error setting-invalid: watch: expected true or false',
    'viaduct.config.json:13:3 error setting-invalid: "watch" is set twice',
    'viaduct.config.json:14:24 error setting-invalid: properties: "a": expected text',
  ])
  expect(settings).toEqual(DEFAULT_SERVER_SETTINGS)
})

test.each([
  ['', '1:1', 'the text ends early'],
  ['[]', '1:1', 'expected an object'],
  ['{ "watch": true, }', '1:18', 'a key in double quotes is expected'],
  ['{\n  watch: true\n}', '2:3', 'this is not JSON'],
  ['{ "watch" true }', '1:11', '":" is expected'],
  ['{ "watch": true', '1:16', 'the text ends early'],
  ['{} {}', '1:4', 'nothing may follow the value'],
  ['{ "watch": tru }', '1:12', 'this is not JSON'],
  ['{"__proto__": 1}', '1:2', 'there is no setting "__proto__"'],
  ['['.repeat(100), '1:1', 'expected an object'],
])('%j is refused at %s', (text, place, reason) => {
  const [problem] = read(text).problems
  expect(problem).toContain(
    text.startsWith('[[') ? 'nested too deep' : `viaduct.config.json:${place} error setting-invalid: ${reason}`,
  )
})

test('environment variables override the file', () => {
  const { settings, problems } = read('{ "listen": { "port": 1 } }', {
    VIADUCT_LISTEN_PORT: '0',
    VIADUCT_LISTEN_HTTPS_PORT: '-1',
    VIADUCT_WATCH: 'false',
    VIADUCT_EGRESS_ALLOW: 'a.example, b.example',
    VIADUCT_PROPERTIES: '{ "a": "b" }',
    VIADUCT_HTTP_TLS_CLIENT_CERTIFICATE: 'required',
    PATH: '/bin',
  })
  expect(problems).toEqual([])
  expect(settings.listen).toMatchObject({ port: 0, httpsPort: -1 })
  expect(settings.watch).toBe(false)
  expect(settings.egress.allow).toEqual(['a.example', 'b.example'])
  expect(settings.properties).toEqual({ a: 'b' })
  expect(settings.http.tls.clientCertificate).toBe('required')
})

test('wrong and unknown variables are errors that do not show the value', () => {
  const { problems } = read(undefined, {
    VIADUCT_LISTEN_PORT: '70000',
    VIADUCT_LIMITS_BODY: '',
    VIADUCT_WATCH: 'yes',
    VIADUCT_ADMIN_PASWORD: 'geheim',
    VIADUCT_PROPERTIES: 'a=b',
  })
  expect(problems).toEqual([
    'environment:1:1 error setting-invalid: VIADUCT_LISTEN_PORT: expected 65535 or less',
    'environment:1:1 error setting-invalid: VIADUCT_LIMITS_BODY: expected a whole number',
    'environment:1:1 error setting-invalid: VIADUCT_WATCH: expected true or false',
    'environment:1:1 error setting-invalid: there is no setting VIADUCT_ADMIN_PASWORD; did you mean "VIADUCT_ADMIN_PASSWORD"?',
    'environment:1:1 error setting-invalid: VIADUCT_PROPERTIES: expected an object with text values',
  ])
})

test('the file wins over synapse.properties', () => {
  const file = { file: 'viaduct.config.json', text: '{ "properties": { "b": "2" } }' }
  const synapseProperties = new Map([
    ['a', '1'],
    ['b', '1'],
  ])
  expect(readSettings({ file, environment: {}, synapseProperties }).settings.properties).toEqual({ a: '1', b: '2' })
})

test('the table covers every setting there is, and no other', () => {
  const shapeOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
      : 'leaf'
  const shapeOfForms = (forms: SettingForms): unknown =>
    Object.fromEntries(
      Object.entries(forms).map(([key, form]) => [
        key,
        form.type === 'group' ? shapeOfForms(form.members) : form.type === 'dictionary' ? {} : 'leaf',
      ]),
    )
  expect(shapeOfForms(SETTING_FORMS)).toEqual(shapeOf(DEFAULT_SERVER_SETTINGS))
})

test('every default passes its own check', () => {
  expect(read(JSON.stringify(DEFAULT_SERVER_SETTINGS))).toEqual({ settings: DEFAULT_SERVER_SETTINGS, problems: [] })
})

test('no two settings share a variable', () => {
  const paths = [...environmentNames().values()].map(([path]) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(environmentNames().has('VIADUCT_TIMEOUTS_BODY_IDLE')).toBe(true)
})

test('the schema describes every setting with its default and forbids others', () => {
  const schema = JSON.parse(JSON.stringify(settingsSchema()))
  expect(schema.additionalProperties).toBe(false)
  expect(schema.properties.listen.properties.port).toEqual({
    description: 'Port of the HTTP listener. 0 takes any free one, -1 opens none.',
    type: 'integer',
    minimum: -1,
    maximum: 65535,
    default: 8280,
  })
  expect(schema.properties.dialect.enum).toEqual(['wso2', 'apache'])
})
