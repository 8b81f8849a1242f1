import { join } from 'node:path'
import { freePort, startBus, type BusProcess } from '../conformance/bus-process.ts'
import { writeHome } from './home.ts'
import type { Kit, ToolRun } from './kit.ts'

/** One run of a tool against the bus. `line` says in one line what came out; `details` are its failures. */
export interface Verdict {
  readonly ok: boolean
  readonly line: string
  readonly details: readonly string[]
}

/** Where a tool finds things. */
export interface Arena {
  readonly kit: Kit
  readonly quick: boolean
  readonly command: readonly string[]
  readonly backend: { readonly port: number; readonly url: string }
}

export interface Tool {
  readonly name: string
  /** Whether it belongs to `--quick`. */
  readonly quick: boolean
  run(arena: Arena): Promise<Verdict>
}

/** The command line of a script, without blanks inside an argument. */
type Arguments = (bus: BusProcess, arena: Arena, address: string) => string

/** A tool that is one script of the kit against one fresh bus; its exit status is the verdict. */
export function script(
  name: string,
  quick: boolean,
  seconds: number,
  build: Arguments,
  { judge = byStatus, write = writeHome, logLevel = 'error' } = {},
): Tool {
  return {
    name,
    quick,
    async run(arena) {
      const work = async (bus: BusProcess, address: string) =>
        judge(await arena.kit.run(build(bus, arena, address).split(' '), seconds))
      return withBus(arena, name, work, write, logLevel)
    },
  }
}

/** The log begins with `listening` and `ready`; what follows at level error is worth showing. */
const LISTENING = 2
const LOG_LINES = 5

/** Starts a bus on a home of its own, runs `work`, and adds what the bus's own end has to say. */
export async function withBus(
  arena: Arena,
  name: string,
  work: (bus: BusProcess, address: string, home: string) => Promise<Verdict>,
  write = writeHome,
  logLevel = 'error',
): Promise<Verdict> {
  const home = join(arena.kit.directory, `home-${name.replaceAll(/\W+/g, '-')}`)
  write(arena.kit, home, { backend: arena.backend.port })
  const port = await freePort()
  try {
    await using bus = await startBus(home, {
      command: arena.command,
      port,
      watch: true,
      sheds: true,
      arguments: ['--log-level', logLevel],
    })
    const verdict = await work(bus, `127.0.0.1:${port}`, home)
    const ended = bus.exited()
    if (verdict.ok && !ended) return verdict
    const log =
      logLevel === 'error'
        ? bus
            .log()
            .trim()
            .split('\n')
            .slice(LISTENING, LISTENING + LOG_LINES)
        : []
    return { ...verdict, ok: false, details: [...verdict.details, ...(ended ? ['the bus ended'] : []), ...log] }
  } catch (error) {
    return { ok: false, line: error instanceof Error ? error.message : String(error), details: [] }
  }
}

/** The tool's exit status decides; its last line says what it counted. */
export function byStatus({ code, output }: ToolRun): Verdict {
  const lines = output.trim().split('\n')
  const details = lines.filter((line) => /^(?:FAIL|WRONG)/.test(line))
  const line = lines.findLast((each) => each !== 'ok' && !each.startsWith('FAIL ')) ?? lines.at(-1) ?? ''
  return { ok: code === 0, line, details }
}

export const pass = (address: string) => `${address}/services/PassProxy`
export const echo = (address: string) => `${address}/services/EchoProxy`
export const pid = (bus: BusProcess) => `--pid ${bus.pid}`
export const control = (arena: Arena) => `--control ${arena.backend.url}`
