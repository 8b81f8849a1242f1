import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCases, type Case } from './cases.ts'
import { findRoute } from './backends.ts'
import { rewritePorts } from './home.ts'
import { play } from './play.ts'
import { printCase, printSummary } from './report.ts'

/** Stands in for the bus: finds the first address in the deployed file and forwards to it, or complains like `viaduct run`. */
const STAND_IN = `
import { readFileSync, readdirSync, existsSync, statSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
const home = process.argv[process.argv.indexOf('run') + 1]
const port = Number(process.argv[process.argv.indexOf('--port') + 1])
const root = statSync(home).isFile() ? home : join(home, 'synapse-configs/default/proxy-services')
const file = statSync(root).isFile() ? root : join(root, readdirSync(root)[0])
const text = readFileSync(file, 'utf8')
if (text.includes('<wonder')) {
  console.error(file + ':3:5 error element-unsupported: <wonder> cannot run yet')
  process.exit(1)
}
const uri = /uri="([^"]+)"/.exec(text)[1]
if (uri.includes(':8480')) throw new Error('the port was not rewritten')
http.createServer((request, response) => {
  const target = http.request(uri, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  target.on('error', () => response.writeHead(500).end())
  request.pipe(target)
}).listen(port, '127.0.0.1', () => {
  console.log('listening http://127.0.0.1:' + port)
  console.log('ready in 1 ms')
})
`

let directory: string
let command: string[]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-cases-'))
  await writeFile(join(directory, 'stand-in.mjs'), STAND_IN)
  command = [process.execPath, join(directory, 'stand-in.mjs')]
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function write(
  id: string,
  files: Record<string, string>,
  rest: Partial<Case> & Pick<Case, 'steps'>,
): Promise<Case> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, 'configs', id, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, content)
  }
  const value: Case = {
    id,
    title: `case ${id}`,
    source: {},
    esb: { httpPort: 8480, configDir: `configs/${id}`, layout: 'synapse-configs', files: Object.keys(files) },
    backends: [],
    ...rest,
  }
  await writeFile(join(directory, `${id}.json`), JSON.stringify(value))
  return value
}

const proxy = (uri: string) => `<proxy name="P"><target><endpoint><address uri="${uri}"/></endpoint></target></proxy>`

test('a case is played against a process of its own with its ports rewritten', async () => {
  const value = await write(
    '901',
    { 'proxy-services/P.xml': proxy('http://localhost:8089/one') },
    {
      backends: [
        {
          type: 'static',
          port: 8089,
          routes: [{ method: '*', path: '/one', response: { status: 200, body: 'first' } }],
        },
      ],
      steps: [
        {
          name: 'first',
          request: { method: 'POST', path: '/services/P', headers: { 'Content-Type': 'text/plain' }, body: 'x' },
          expect: [
            { type: 'status', equals: 200, basis: 'implied' },
            { type: 'bodyEquals', value: 'first', basis: 'asserted' },
          ],
        },
        {
          name: 'exchanged',
          backends: [
            {
              type: 'static',
              port: 8089,
              routes: [{ method: '*', path: '/one', response: { status: 503, body: 'second' } }],
            },
          ],
          request: { method: 'GET', path: '/services/P' },
          expect: [
            { type: 'status', equals: 503, basis: 'asserted' },
            { type: 'bodyEquals', value: 'third', basis: 'asserted' },
          ],
        },
      ],
    },
  )
  const result = await play(value, directory, { command })
  expect(result.checks.map(({ ok }) => ok)).toEqual([true, true, true, false])
  expect(result.ok).toBe(false)
  expect(printCase(result)).toBe(
    'FAIL 901 case 901: step exchanged, bodyEquals (asserted), expected third, actual second',
  )
  expect(printSummary([result])).toBe('checks: asserted 2 of 3, implied 1 of 1\n0 passed, 1 failed')
})

test('two cases that want one port run at the same time', async () => {
  const cases = await Promise.all(
    ['902', '903'].map((id) =>
      write(
        id,
        { 'P.xml': proxy('http://localhost:18089/x') },
        {
          esb: { httpPort: 8480, configDir: `configs/${id}`, layout: 'definitions', files: ['P.xml'] },
          backends: [
            {
              type: 'static',
              port: 18_089,
              routes: [{ method: 'GET', path: '/x', response: { status: 200, body: id } }],
            },
          ],
          steps: [
            {
              name: 'one',
              request: { method: 'GET', path: '/' },
              expect: [{ type: 'bodyEquals', value: id, basis: 'asserted' }],
            },
          ],
        },
      ),
    ),
  )
  const taken = new Set<number>()
  const results = await Promise.all(cases.map((value) => play(value, directory, { command, taken })))
  expect(results.map(printCase)).toEqual(['ok   902 case 902', 'ok   903 case 903'])
  expect(taken.size).toBe(0)
})

test('what a capture back end received is checked, and the client sees its 202', async () => {
  const value = await write(
    '904',
    { 'proxy-services/P.xml': proxy('http://localhost:8994/x') },
    {
      backends: [{ type: 'capture', port: 8994 }],
      steps: [
        {
          name: 'one',
          request: { method: 'POST', path: '/', headers: { 'X-Mark': 'yes' }, body: 'abc' },
          expect: [
            { type: 'noSoapBody', basis: 'implied' },
            { type: 'backendReceived', backend: 'capture', contains: 'abc', basis: 'asserted' },
            { type: 'backendReceivedHeader', backend: 'capture', name: 'x-mark', contains: 'yes', basis: 'asserted' },
          ],
        },
      ],
    },
  )
  expect(printCase(await play(value, directory, { command }))).toBe('ok   904 case 904')
})

test('a bus that refuses its configuration is reported with the element it does not support', async () => {
  const value = await write(
    '905',
    { 'proxy-services/P.xml': '<proxy name="P"><target><inSequence><wonder/></inSequence></target></proxy>' },
    { steps: [{ name: 'one', request: { method: 'GET', path: '/' }, expect: [{ type: 'status', equals: 200 }] }] },
  )
  const result = await play(value, directory, { command })
  expect(printCase(result)).toBe('FAIL 905 case 905: not supported: wonder')
  expect(result.log).toContain(':3:5 error element-unsupported')
})

test('a case is over when its time is', async () => {
  const value = await write(
    '906',
    { 'proxy-services/P.xml': proxy('http://localhost:8091/x') },
    {
      backends: [{ type: 'closed-port', port: 8091 }],
      steps: [
        { name: 'one', request: { method: 'GET', path: '/' }, expect: [{ type: 'notSuccess', basis: 'asserted' }] },
      ],
    },
  )
  expect((await play(value, directory, { command })).ok).toBe(true)
  const late = await play(value, directory, { command, patience: 1 })
  expect(late.ok).toBe(false)
  expect(late.reason).toBe('the time for the case is over')
})

test('cases are read in order and chosen by id', () => {
  expect(readCases(directory, ['903', '901']).map(({ id }) => id)).toEqual(['901', '903'])
})

test('ports are rewritten in addresses and parameters only', () => {
  const ports = new Map([
    [8480, 1],
    [8081, 2],
  ])
  expect(
    rewritePorts('http://localhost:8480/a http://[::1]:8480 <p>8081</p> value="8480" 8480 84800 :84801 a8480', ports),
  ).toBe('http://localhost:1/a http://[::1]:1 <p>2</p> value="1" 8480 84800 :84801 a8480')
})

test('a static route holds for the paths below it, the longest first', () => {
  const route = (path: string, method = '*') => ({ method, path, response: { status: 200 } })
  const routes = [route('/a'), route('/a/b', 'POST'), route('/c?d=1')]
  expect(findRoute(routes, 'GET', '/a/b/x?q')?.path).toBe('/a')
  expect(findRoute(routes, 'POST', '/a/b')?.path).toBe('/a/b')
  expect(findRoute(routes, 'GET', '/c?d=1')?.path).toBe('/c?d=1')
  expect(findRoute(routes, 'GET', '/ab')).toBeUndefined()
})
