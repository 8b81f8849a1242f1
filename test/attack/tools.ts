import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../conformance/bus-process.ts'
import { byStatus, control, echo, pass, pid, script, withBus, type Arena, type Tool, type Verdict } from './arena.ts'
import * as homes from './home.ts'
import { judgeSlowClients } from './judge.ts'
import type { Kit } from './kit.ts'
import { TLS } from './tls.ts'

const HTTP = script(
  'http',
  true,
  600,
  (bus, arena, at) => `run.mjs ${pass(at)} --suite http --quiet --backend-log ${arena.backend.url}/__log ${pid(bus)}`,
)

/** EchoProxy and its like build a message because they log it, so the log must be on. */
const LOGGED = { logLevel: 'info' }

const big = (arena: Arena): string => (arena.quick ? '' : ' --big')

const PAYLOAD = ['xml', 'json', 'mime', 'coding', 'ssrf'].flatMap((suite) => [
  script(
    `payload ${suite}`,
    true,
    600,
    (bus, arena, at) => `run.mjs ${echo(at)} --suite ${suite} --quiet${big(arena)} ${pid(bus)}`,
    LOGGED,
  ),
  script(
    `payload ${suite} on an API`,
    false,
    600,
    (bus, arena, at) => `run.mjs ${at}/tools/echo --suite ${suite} --quiet${big(arena)} ${pid(bus)}`,
    LOGGED,
  ),
])

const PASS_THROUGH = script(
  'payload through',
  false,
  600,
  (bus, arena, at) => `run.mjs ${pass(at)} --suite payload --mode pass --quiet${big(arena)} ${pid(bus)}`,
)

const REQUESTS = ['ssrf', 'injection', 'redos', 'pollution', 'traversal', 'mediators'].map((list) =>
  script(
    `requests ${list}`,
    true,
    300,
    (bus, arena, at) =>
      `${requests(at, deployedRequests(arena.kit, list))} --backend-log ${arena.backend.url}/__log ${pid(bus)}`,
    { ...LOGGED, write: homes.writeAttackHome },
  ),
)

const requests = (at: string, file: string): string => `run.mjs ${echo(at)} --suite none --quiet --requests ${file}`

/** A list without the requests for resources that are not deployed. */
function deployedRequests(kit: Kit, list: string): string {
  const paths = homes.deployedPaths(kit)
  return chooseRequests(kit, list, (path) => paths.includes(path))
}

function chooseRequests(kit: Kit, list: string, wanted: (path: string) => boolean): string {
  const all = JSON.parse(readFileSync(kit.path('corpus/requests', `${list}.json`), 'utf8')) as { path: string }[]
  const file = join(kit.directory, `${list}.json`)
  writeFileSync(file, JSON.stringify(all.filter(({ path }) => wanted(path.split('?')[0] ?? ''))))
  return file
}

/** Recursion without end is refused when it is deployed, or ends in a fault when a message enters it. */
const RECURSIONS: readonly Tool[] = homes.RECURSIONS.map((recursion) => ({
  name: `recursion ${recursion}`,
  quick: true,
  async run(arena) {
    const work = async (...[bus, at]: Parameters<Parameters<typeof withBus>[2]>) => {
      const file = chooseRequests(arena.kit, 'cycles', (path) => path === `/attack/${recursion}`)
      return byStatus(await arena.kit.run(`${requests(at, file)} ${pid(bus)}`.split(' '), 60))
    }
    const verdict: Verdict = await withBus(arena, recursion, work, (kit, home, options) =>
      homes.writeRecursiveHome(kit, home, options, recursion),
    )
    return verdict.line.includes('error sequence-cycle') ? { ...verdict, ok: true, details: [] } : verdict
  },
}))

const waits = '--ttfb-ms 5000 --idle-ms 5000'

/** Two faults answer `hello` as XML: the kit expects it to pass, a bus that builds it refuses. */
const BUILT = '^(?!clshort|double)'

const MATRIX = [
  script(
    'matrix',
    true,
    900,
    (bus, arena, at) =>
      `faults/matrix.mjs ${pass(at)} ${control(arena)} ${waits}${arena.quick ? ' --par 4' : ''} ${pid(bus)}`,
  ),
  script(
    'matrix, answer built',
    false,
    900,
    (bus, arena, at) =>
      `faults/matrix.mjs ${at}/services/BuildProxy ${control(arena)} --mode build --only ${BUILT} ${waits} ${pid(bus)}`,
  ),
]

const SLOW = ['head', 'body', 'read', 'idle', 'storm', 'abort', 'half'].map((attack) =>
  script(
    `slow clients: ${attack}`,
    attack === 'head' || attack === 'abort',
    120,
    (bus, arena, at) => {
      // A reader costs what the kernel buffers for it, some megabytes each: a thousand are gigabytes of copying.
      const many = attack === 'read' ? 500 : 1_000
      const size = arena.quick ? '--n 300 --seconds 9' : `--n ${many} --seconds 20`
      const path = attack === 'read' ? ' --big-path /tools/big' : ''
      return `faults/slow-clients.mjs ${pass(at)} --attack ${attack} ${size}${path} ${pid(bus)}`
    },
    { judge: (run) => judgeSlowClients(attack, run) },
  ),
)

/** Megabytes of resident memory that a stream of any length may cost. */
const STREAM_GROWTH = 100

const stream = (megabytes: number, direction: string) =>
  script(
    `${megabytes} MB ${direction}`,
    megabytes < 1_000,
    320,
    (bus, arena, at) =>
      `faults/bigstream.mjs ${pass(at)} ${control(arena)} --mb ${megabytes} --dir ${direction} --limit ${bus.resident() + STREAM_GROWTH} ${pid(bus)}`,
  )

const DRAIN: Tool = {
  name: 'drain',
  quick: true,
  async run(arena) {
    const home = join(arena.kit.directory, 'home-drain')
    homes.writeHome(arena.kit, home, { backend: arena.backend.port })
    const port = await freePort()
    const off = `--port ${port} --https-port -1 --admin-port -1 --no-watch --log json --log-level error`
    const command = `${arena.command.join(' ')} run ${home} ${off}`
    const url = `http://127.0.0.1:${port}/services/PassProxy`
    const rest = `${control(arena)} --rounds ${arena.quick ? 2 : 5}`.split(' ')
    return byStatus(await arena.kit.run(['faults/drain.mjs', '--cmd', command, '--url', url, ...rest], 200))
  },
}

const RELOAD: Tool = {
  name: 'reload storm',
  quick: true,
  async run(arena) {
    return withBus(arena, 'reload', async (bus, at, home) => {
      const [template, bad] = [join(arena.kit.directory, 'version.xml'), join(arena.kit.directory, 'bad.xml')]
      writeFileSync(template, homes.versionTemplate(arena.kit))
      writeFileSync(bad, '<api xmlns="http://ws.apache.org/ns/synapse" name="VersionAPI" context="/attackv"><resource')
      const files = `--file ${homes.versionFile(home)} --template ${template} --bad ${bad} --bad-every 5`
      const command = `faults/reload-storm.mjs --url http://${at}/attackv/version ${files} --reloads ${arena.quick ? 100 : 300} ${pid(bus)}`
      return byStatus(await arena.kit.run(command.split(' '), 200))
    })
  },
}

const SOAK = script('soak', true, 400, (bus, arena, at) => {
  const length = arena.quick ? '--seconds 20 --max-slope 1000' : '--seconds 300 --max-slope 1'
  return `faults/soak.mjs ${pass(at)} ${length} --conns 64 --rps 300 --max-p99 100 --echo-check ${pid(bus)}`
})

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
  ...RECURSIONS,
  ...MATRIX,
  ...SLOW,
  stream(100, 'echo'),
  ...['up', 'down', 'echo'].map((direction) => stream(1024, direction)),
  DRAIN,
  RELOAD,
  TLS,
  SOAK_ECHO,
]
