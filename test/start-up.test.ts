import { spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'viaduct-start-up-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Prints every file that is loaded until the bus is ready. */
const TRACED = `
import { registerHooks } from 'node:module'
registerHooks({ load: (url, context, next) => (url.startsWith('file:') && console.error('loads ' + url), next(url, context)) })
`

/** Starts a bus on the home and gives the files of this project and of packages that it loaded, from their roots. */
async function loadedFor(proxy: string): Promise<string[]> {
  mkdirSync(join(home, 'proxies'), { recursive: true })
  writeFileSync(join(home, 'proxies/P.xml'), proxy)
  const hook = join(home, 'hook.mjs')
  writeFileSync(hook, TRACED)
  const root = process.cwd()
  const args = ['--conditions=source', '--import', hook, join(root, 'cli/bin.ts'), 'run', home, '--port', '0']
  const bus = spawn(process.execPath, [...args, '--admin-port', '-1', '--no-watch'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => bus.once('close', resolve))
  let said = ''
  bus.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  await new Promise<void>((resolve) => {
    let out = ''
    bus.stdout.on('data', (piece: Buffer) => (out += piece.toString()).includes('ready') && resolve())
    void ended.then(() => resolve())
  })
  bus.kill('SIGTERM')
  await ended
  // Packages first: they lie below the root, too.
  const parents = [`${realpathSync(join(root, 'node_modules'))}/`, `${root}/`]
  return [...said.matchAll(/^loads file:\/\/(.*)$/gm)].map(([, path = '']) =>
    parents.reduce((rest, parent) => (rest.startsWith(parent) ? rest.slice(parent.length) : rest), path),
  )
}

const proxy = (flow: string) =>
  `<proxy xmlns="http://ws.apache.org/ns/synapse" name="P"><target><inSequence>${flow}</inSequence></target></proxy>`

const below = (files: readonly string[], folder: string) => files.filter((file) => file.startsWith(`${folder}/`))

test('a bus loads the mediators that its home names, and neither WS-Security nor what undici has besides its client', async () => {
  const files = await loadedFor(proxy('<log/><drop/>'))
  const units = new Set(below(files, 'mediators').map((file) => file.split('/')[1] ?? ''))
  const ofDefaultSequences = ['in', 'out', 'property', 'send', 'sequence']
  expect([...units].toSorted()).toEqual(['drop', ...ofDefaultSequences, 'index.ts', 'log', 'pending.ts'].toSorted())
  expect(below(files, 'security/service')).toEqual([])
  expect([...below(files, 'undici/lib/web'), ...below(files, 'undici/lib/mock')]).toEqual([])
  expect(below(files, 'undici/lib/dispatcher')).toContain('undici/lib/dispatcher/client.js')
  expect(below(files, 'runtime').length).toBeGreaterThan(100)
})
