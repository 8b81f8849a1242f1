import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatDiagnostic } from '../diagnostic.ts'
import { Language } from '../language.ts'
import { readHome } from './home.ts'

const NOTHING = new Language({ mediators: [], artifacts: [], pending: new Map() })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viaduct-home-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

const SEQUENCE = '<sequence xmlns="http://ws.apache.org/ns/synapse" name="s"/>'
const read = (path = folder, environment: Readonly<Record<string, string>> = {}) =>
  readHome(path, NOTHING, { cwd: folder, environment })

describe('a home', () => {
  test('shows its files as they are named from the current folder', async () => {
    write({ 'home/sequences/a.xml': SEQUENCE, 'home/viaduct.config.json': '{}' })
    const home = await read('home')
    expect(home.root).toBe(join(folder, 'home'))
    expect(home.files.map(({ file }) => file)).toEqual([join('home', 'sequences', 'a.xml')])
    expect(home.files[0]?.bytes.toString()).toBe(SEQUENCE)
    expect(home.settingsText).toBe('{}')
    expect(home.shown('/elsewhere/a.xml')).toBe('/elsewhere/a.xml')
  })

  test('that is one file takes settings and properties from the folder around it', async () => {
    write({
      'synapse.xml': `<definitions xmlns="http://ws.apache.org/ns/synapse">${SEQUENCE}</definitions>`,
      'viaduct.config.json': '{"serverName": "one"}',
      'synapse.properties': 'a = 1',
      'sequences/b.xml': SEQUENCE,
    })
    const home = await read('synapse.xml')
    expect(home.files.map(({ file }) => file)).toEqual(['synapse.xml'])
    expect(home.settings.serverName).toBe('one')
    expect(home.settings.properties).toEqual({ a: '1' })
  })

  test('that does not exist rejects', async () => {
    await expect(read('none')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('with nothing in it says so', async () => {
    write({ 'readme.txt': 'x', 'other.xml': '<project/>' })
    const { diagnostics, options } = await read()
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      `${folder}:1:1 error home-empty: there is no configuration here: no <definitions> file, no proxies/, sequences/, …`,
    ])
    expect(options.found).toEqual(diagnostics)
  })

  test('names archives that it cannot read yet, each at its place', async () => {
    write({ 'carbonapps/one.car': 'PK', 'carbonapps/two.car': 'PK', 'carbonapps/notes.txt': '' })
    const { diagnostics } = await read()
    expect(diagnostics.map(formatDiagnostic)).toEqual(
      ['one', 'two'].map(
        (name) =>
          `${join('carbonapps', `${name}.car`)}:1:1 error element-unsupported: Carbon applications are not supported yet: unpack it here`,
      ),
    )
  })
})

describe('settings and properties', () => {
  test('of later places win, and those of the settings file over all', async () => {
    write({
      'sequences/a.xml': SEQUENCE,
      'repository/conf/synapse.properties': 'a=repository\nb=repository\nc=repository\nd=repository',
      'conf/synapse.properties': 'b=conf\nc=conf\nd=conf',
      'synapse.properties': 'c=home\nd=home',
      'viaduct.config.json': '{"properties": {"d": "settings"}}',
    })
    expect((await read()).settings.properties).toEqual({ a: 'repository', b: 'conf', c: 'home', d: 'settings' })
  })

  test('of the transport are read too', async () => {
    write({
      'sequences/a.xml': SEQUENCE,
      'repository/conf/passthru-http.properties': 'force.xml.message.validation=true\nx=transport',
      'repository/conf/synapse.properties': 'x=synapse',
    })
    expect((await read()).settings.properties).toEqual({ 'force.xml.message.validation': 'true', x: 'synapse' })
  })

  test('file.properties are for $FILE: alone', async () => {
    write({ 'sequences/a.xml': SEQUENCE, 'conf/file.properties': 'host=b1' })
    const { options, settings } = await read()
    expect(options.fileProperties).toEqual(new Map([['host', 'b1']]))
    expect(settings.properties).toEqual({})
  })

  test('the environment comes last, and mistakes are told where they are', async () => {
    write({ 'sequences/a.xml': SEQUENCE, 'viaduct.config.json': '{\n  "serverName": "file",\n  "limit": {}\n}' })
    const { settings, diagnostics } = await read(folder, { VIADUCT_SERVER_NAME: 'environment', VIADUCT_NONE: '1' })
    expect(settings.serverName).toBe('environment')
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      'viaduct.config.json:3:3 error setting-invalid: there is no setting "limit"; did you mean "limits"?',
      expect.stringContaining('environment:1:1 error setting-invalid: there is no setting VIADUCT_NONE'),
    ])
  })
})
