import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, Diagnostics, didYouMean, type Report, type Span } from '../diagnostic.ts'
import { type JsonNode, JsonSourceError, parseJsonSource } from './json-source.ts'
import { DEFAULT_SERVER_SETTINGS, type ServerSettings, SETTING_FORMS } from './server-settings.ts'
import { tlsProblems } from './tls-files.ts'
import { objection, type SettingForm, type SettingForms } from './setting-forms.ts'

export const SETTINGS_FILE = 'viaduct.config.json'

export interface SettingsSources {
  /** Path as diagnostics show it, and text; undefined when there is no file. */
  readonly file: { readonly file: string; readonly text: string } | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Contents of a synapse.properties; what the file says wins. */
  readonly synapseProperties?: ReadonlyMap<string, string>
  /** The folder that names of files are relative to. */
  readonly root?: string
}

export interface ReadSettings {
  readonly settings: ServerSettings
  readonly diagnostics: readonly Diagnostic[]
}

type Values = Map<string, { readonly value: unknown; readonly name: string; readonly at: Span }>

/**
 * Settings of a home: defaults, then `viaduct.config.json`, then `VIADUCT_…` variables. Unknown keys and wrong values are
 * reported where they are written, and the default stands for them.
 */
export function readSettings({ file, environment, synapseProperties, root }: SettingsSources): ReadSettings {
  const diagnostics = new Diagnostics()
  const given: Values = new Map()
  if (file !== undefined) readFile(file, given, diagnostics.report)
  readEnvironment(environment, given, diagnostics.report)
  if (root !== undefined) {
    findFiles(root, given, diagnostics.report)
    checkTls(given, diagnostics.report)
  }
  const settings = merged(SETTING_FORMS, DEFAULT_SERVER_SETTINGS as unknown as Record<string, unknown>, given)
  const properties = { ...Object.fromEntries(synapseProperties ?? []), ...(settings['properties'] as object) }
  return { settings: { ...settings, properties } as unknown as ServerSettings, diagnostics: diagnostics.found }
}

function readFile({ file, text }: { file: string; text: string }, given: Values, report: Report): void {
  try {
    const root = parseJsonSource(text, file)
    if (root.kind !== 'object') report('setting-invalid', root.at, 'expected an object')
    else readGroup(SETTING_FORMS, root, '', given, report)
  } catch (error) {
    if (!(error instanceof JsonSourceError)) throw error
    report('setting-invalid', error.at, error.message)
  }
}

function readGroup(
  forms: SettingForms,
  node: Extract<JsonNode, { kind: 'object' }>,
  path: string,
  given: Values,
  report: Report,
): void {
  const seen = new Set<string>()
  for (const { key, keyAt, value } of node.members) {
    if (path === '' && key === '$schema') continue
    const form = Object.hasOwn(forms, key) ? forms[key] : undefined
    if (form === undefined) {
      report('setting-invalid', keyAt, `there is no setting "${path}${key}"${didYouMean(key, Object.keys(forms))}`)
    } else if (seen.has(key)) report('setting-invalid', keyAt, `"${path}${key}" is set twice`)
    else readNode(form, value, path + key, given, report)
    seen.add(key)
  }
}

function readNode(form: SettingForm, node: JsonNode, path: string, given: Values, report: Report): void {
  if (form.type === 'group' && node.kind === 'object') {
    readGroup(form.members, node, `${path}.`, given, report)
    return
  }
  const { value, reason, at = node.at } = valueOf(form, node)
  if (reason === undefined) given.set(path, { value, name: path, at })
  else report('setting-invalid', at, `${path}: ${reason}`)
}

function valueOf(form: SettingForm, node: JsonNode): { value?: unknown; reason?: string | undefined; at?: Span } {
  if (form.type === 'texts' && node.kind === 'array') {
    const wrong = node.items.find(({ kind }) => kind !== 'string')
    if (wrong !== undefined) return { reason: 'expected text', at: wrong.at }
    return { value: node.items.map((item) => 'value' in item && item.value) }
  }
  if (form.type === 'dictionary' && node.kind === 'object') {
    const wrong = node.members.find(({ value }) => !('value' in value) || value.value === null)
    if (wrong !== undefined) return { reason: `"${wrong.key}": expected text`, at: wrong.value.at }
    return { value: dictionaryOf(node) }
  }
  const value = 'value' in node ? node.value : undefined
  return { value, reason: objection(form, value) }
}

const dictionaryOf = (node: Extract<JsonNode, { kind: 'object' }>): Record<string, string> =>
  Object.fromEntries(node.members.map(({ key, value }) => [key, 'value' in value ? String(value.value) : '']))

/** `VIADUCT_LIMITS_BODY` → `limits.body`; every setting that is no group, by the name of its variable. */
export function environmentNames(forms: SettingForms = SETTING_FORMS, path = ''): Map<string, [string, SettingForm]> {
  const names = new Map<string, [string, SettingForm]>()
  for (const [key, form] of Object.entries(forms)) {
    if (form.type === 'group') for (const each of environmentNames(form.members, `${path}${key}.`)) names.set(...each)
    else names.set(variableOf(path + key), [path + key, form])
  }
  return names
}

const variableOf = (path: string): string =>
  `VIADUCT_${path
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`

function readEnvironment(environment: SettingsSources['environment'], given: Values, report: Report): void {
  const names = environmentNames()
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('VIADUCT_') || text === undefined) continue
    const [path, form] = names.get(name) ?? []
    if (path === undefined || form === undefined) {
      report('setting-invalid', ENVIRONMENT, `there is no setting ${name}${didYouMean(name, names.keys())}`)
      continue
    }
    const value = fromText(form, text)
    const reason = value === undefined ? objection(form, form.type === 'whole' ? numberOf(text) : undefined) : undefined
    if (reason === undefined) given.set(path, { value, name, at: ENVIRONMENT })
    else report('setting-invalid', ENVIRONMENT, `${name}: ${reason}`)
  }
}

/** Makes names of files absolute; one that cannot be read is reported where it is written. */
function findFiles(root: string, given: Values, report: Report): void {
  for (const [path, form] of environmentNames().values()) {
    const written = given.get(path)
    if (form.type !== 'text' || form.file !== true || written === undefined || written.value === '') continue
    const { value, name, at } = written
    const file = resolve(root, String(value))
    try {
      accessSync(file, constants.R_OK)
      given.set(path, { value: file, name, at })
    } catch {
      given.delete(path)
      report('setting-invalid', at, `${name}: the file "${String(value)}" cannot be read`)
    }
  }
}

/** Certificates and keys that do not fit are told where they are named, and count as not given. */
function checkTls(given: Values, report: Report): void {
  const pathOf = (setting: string): string => `http.tls.${setting}`
  const problems = tlsProblems((setting) => {
    const value = given.get(pathOf(setting))?.value
    return typeof value === 'string' && value !== '' ? value : undefined
  })
  for (const { setting, reason } of problems) {
    const { name = '', at = ENVIRONMENT } = given.get(pathOf(setting)) ?? {}
    report('setting-invalid', at, `${name}: ${reason}`)
  }
  for (const { setting } of problems) given.delete(pathOf(setting))
}

/** The value of a variable; undefined when it does not have the form. */
function fromText(form: SettingForm, text: string): unknown {
  switch (form.type) {
    case 'texts':
      return text.split(/[\s,]+/).filter((word) => word !== '')
    case 'dictionary': {
      const node = jsonObject(text)
      return node && dictionaryOf(node)
    }
    case 'flag':
      return text === 'true' || text === 'false' ? text === 'true' : undefined
    case 'whole':
      return objection(form, numberOf(text)) === undefined ? numberOf(text) : undefined
    case 'choice':
    case 'group':
    case 'text':
      return objection(form, text) === undefined ? text : undefined
  }
}

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

function jsonObject(text: string): Extract<JsonNode, { kind: 'object' }> | undefined {
  try {
    const node = parseJsonSource(text, '')
    return node.kind === 'object' ? node : undefined
  } catch {
    return undefined
  }
}

function merged(
  forms: SettingForms,
  defaults: Record<string, unknown>,
  given: Values,
  path = '',
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(forms).map(([key, form]) => {
      const fallback = defaults[key]
      if (form.type === 'group') {
        return [key, merged(form.members, fallback as Record<string, unknown>, given, `${path}${key}.`)]
      }
      return [key, given.get(path + key)?.value ?? fallback]
    }),
  )
}

const ENVIRONMENT: Span = { file: 'environment', line: 1, column: 1, endLine: 1, endColumn: 1 }
