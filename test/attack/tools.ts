import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../conformance/bus-process.ts'
import { byStatus, control, echo, pass, pid, script, withBus, type Tool } from './arena.ts'
import { deployedPaths, versionFile, versionTemplate, writeCycleHome, writeHome } from './home.ts'
import { judgeSlowClients } from './judge.ts'
import type { Kit } from './kit.ts'
import { TLS } from './tls.ts'

const HTTP = script('http', true, 600, (bus, arena, at) => [
  'run.mjs',
  pass(at),
  '--suite',
  'http',
  '--quiet',
  '--backend-log',
  `${arena.backend.url}/__log`,
  ...pid(bus),
])

const PAYLOAD = ['xml', 'json', 'mime', 'coding', 'ssrf'].flatMap((suite) => [
  script(`payload ${suite}`, true, 600, (bus, arena, at) => [
    'run.mjs',
    echo(at),
    '--suite',
    suite,
    '--quiet',
    ...(arena.quick ? [] : ['--big']),
    ...pid(bus),
  ]),
  script(`payload ${suite} on an API`, false, 600, (bus, _arena, at) => [
    'run.mjs',
    `${at}/attack/echo`,
    '--suite',
    suite,
    '--quiet',
    '--big',
    ...pid(bus),
  ]),
])

const PASS_THROUGH = script('payload through', false, 600, (bus, _arena, at) => [
  'run.mjs',
  pass(at),
  '--suite',
  'payload',
  '--mode',
  'pass',
  '--big',
  '--quiet',
  ...pid(bus),
])

const REQUESTS = ['ssrf', 'injection', 'redos', 'pollution', 'traversal', 'mediators'].map((list) =>
  script(`requests ${list}`, true, 300, (bus, arena, at) => [
    'run.mjs',
    echo(at),
    '--suite',
    'none',
    '--quiet',
    '--requests',
    deployedRequests(arena.kit, list),
    '--backend-log',
    `${arena.backend.url}/__log`,
    ...pid(bus),
  ]),
)

/** A list without the requests for resources that are not deployed. */
function deployedRequests(kit: Kit, list: string): string {
  const paths = deployedPaths(kit)
  const all = JSON.parse(readFileSync(kit.path('corpus/requests', `${list}.json`), 'utf8')) as { path: string }[]
  const kept = all.filter(({ path }) => paths.includes(path.split('?')[0] ?? ''))
  const file = join(kit.directory, `${list}.json`)
  writeFileSync(file, JSON.stringify(kept))
  return file
}

const CYCLES: Tool = {
  name: 'requests cycles',
  quick: true,
  async run(arena) {
    const verdict = await withBus(
      arena,
      'cycles',
      async (bus, at) => {
        const all = JSON.parse(readFileSync(arena.kit.path('corpus/requests/cycles.json'), 'utf8')) as {
          path: string
        }[]
        const file = join(arena.kit.directory, 'cycles.json')
        writeFileSync(file, JSON.stringify(all.filter(({ path }) => !/fanout|xslt/.test(path))))
        return byStatus(
          await arena.kit.run(
            ['run.mjs', echo(at), '--suite', 'none', '--quiet', '--requests', file, ...pid(bus)],
            120,
          ),
        )
      },
      writeCycleHome,
    )
    const refused = verdict.details.filter((line) => /cycle/.test(line))
    return refused.length > 0 && !verdict.ok
      ? { ok: true, line: `refused at deployment: ${refused[0]}`, details: [] }
      : verdict
  },
}

const MATRIX = [
  script('matrix', true, 900, (bus, arena, at) => [
    'faults/matrix.mjs',
    pass(at),
    ...control(arena),
    '--ttfb-ms',
    '5000',
    '--idle-ms',
    '5000',
    ...(arena.quick ? ['--par', '4'] : []),
    ...pid(bus),
  ]),
  script('matrix, answer built', false, 900, (bus, arena, at) => [
    'faults/matrix.mjs',
    `${at}/services/BuildProxy`,
    ...control(arena),
    '--mode',
    'build',
    '--ttfb-ms',
    '5000',
    '--idle-ms',
    '5000',
    ...pid(bus),
  ]),
]

const SLOW = ['head', 'body', 'read', 'idle', 'storm', 'abort', 'half'].map((attack) =>
  script(
    `slow clients: ${attack}`,
    attack === 'head' || attack === 'abort',
    120,
    (bus, arena, at) => [
      'faults/slow-clients.mjs',
      pass(at),
      '--attack',
      attack,
      '--n',
      arena.quick ? '300' : '1000',
      '--seconds',
      arena.quick ? '9' : '20',
      ...(attack === 'read' ? ['--big-path', '/tools/big'] : []),
      ...pid(bus),
    ],
    (run) => judgeSlowClients(attack, run),
  ),
)

const STREAM = ['up', 'down', 'echo'].map((direction) =>
  script(`1 GB ${direction}`, false, 320, (bus, arena, at) => [
    'faults/bigstream.mjs',
    pass(at),
    ...control(arena),
    '--mb',
    '1024',
    '--dir',
    direction,
    ...pid(bus),
  ]),
)

const STREAM_QUICK = script('100 MB echo', true, 60, (bus, arena, at) => [
  'faults/bigstream.mjs',
  pass(at),
  ...control(arena),
  '--mb',
  '100',
  '--dir',
  'echo',
  ...pid(bus),
])

const DRAIN: Tool = {
  name: 'drain',
  quick: true,
  async run(arena) {
    const home = join(arena.kit.directory, 'home-drain')
    writeHome(arena.kit, home, { backend: arena.backend.port })
    const port = await freePort()
    const off = ['--https-port', '-1', '--admin-port', '-1', '--no-watch', '--log', 'json', '--log-level', 'error']
    const command = [...arena.command, 'run', home, '--port', String(port), ...off].join(' ')
    const url = `http://127.0.0.1:${port}/services/PassProxy`
    const rounds = arena.quick ? '2' : '5'
    return byStatus(
      await arena.kit.run(
        ['faults/drain.mjs', '--cmd', command, '--url', url, ...control(arena), '--rounds', rounds],
        200,
      ),
    )
  },
}

const RELOAD: Tool = {
  name: 'reload storm',
  quick: true,
  async run(arena) {
    return withBus(arena, 'reload', async (bus, at, home) => {
      const [template, bad] = [join(arena.kit.directory, 'version.xml'), join(arena.kit.directory, 'bad.xml')]
      writeFileSync(template, versionTemplate(arena.kit))
      writeFileSync(bad, '<api xmlns="http://ws.apache.org/ns/synapse" name="VersionAPI" context="/attackv"><resource')
      const reloads = ['--reloads', arena.quick ? '100' : '300', '--bad', bad, '--bad-every', '5']
      const file = ['--file', versionFile(home), '--template', template]
      return byStatus(
        await arena.kit.run(
          ['faults/reload-storm.mjs', '--url', `http://${at}/attackv/version`, ...file, ...reloads, ...pid(bus)],
          200,
        ),
      )
    })
  },
}

const SOAK = script('soak', true, 400, (bus, arena, at) => [
  'faults/soak.mjs',
  pass(at),
  '--seconds',
  arena.quick ? '20' : '300',
  '--conns',
  '64',
  '--rps',
  '300',
  '--max-slope',
  arena.quick ? '1000' : '1',
  '--max-p99',
  '100',
  '--echo-check',
  ...pid(bus),
])

/** The soak checks that no answer goes to another client, so the back end must echo. */
const SOAK_ECHO: Tool = {
  ...SOAK,
  async run(arena) {
    const mode = (name: string) =>
      fetch(`${arena.backend.url}/__mode`, { method: 'POST', body: JSON.stringify({ mode: name }) })
    await mode('echo')
    try {
      return await SOAK.run(arena)
    } finally {
      await mode('ok')
    }
  },
}

/** In the order in which they run. */
export const TOOLS: readonly Tool[] = [
  HTTP,
  ...PAYLOAD,
  PASS_THROUGH,
  ...REQUESTS,
  CYCLES,
  ...MATRIX,
  ...SLOW,
  STREAM_QUICK,
  ...STREAM,
  DRAIN,
  RELOAD,
  TLS,
  SOAK_ECHO,
]
