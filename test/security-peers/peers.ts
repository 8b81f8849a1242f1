import { execFile, execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const run = promisify(execFile)

/** A peer that may be missing: the command that shows that it is there. On a build server all have to be. */
export function isThere(name: string, command: string, ...args: readonly string[]): boolean {
  const there = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (!there && process.env['CI'] === 'true') throw new Error(`the peer ${name} is needed here`)
  if (!there) console.warn(`skipped: the peer ${name} is not installed`)
  return there
}

/** A folder for what is built, gone with the tests. */
class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'viaduct-security-peers-'))

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** WSS4J 2, built with Maven. */
export class WssPeer extends Workshop {
  readonly #classPath: string
  readonly #serving: ChildProcess[] = []

  constructor() {
    super()
    const list = join(this.folder, 'class-path')
    const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${list}`]
    execFileSync('mvn', ['-q', '-B', '-f', here('pom.xml'), ...goal], { stdio: 'pipe' })
    this.#classPath = `${this.folder}:${readFileSync(list, 'utf8')}`
    execFileSync('javac', ['-nowarn', '-cp', this.#classPath, '-d', this.folder, here('WssPeer.java')], {
      stdio: 'pipe',
    })
  }

  /** Calls a service and gives what came back. */
  async call(keys: string, url: string, steps: string, file?: string): Promise<string> {
    const args = ['-cp', this.#classPath, 'WssPeer', 'call', keys, url, steps]
    const { stdout } = await run('java', file === undefined ? args : [...args, file])
    return stdout.trim()
  }

  /** Serves until it is removed; gives the port. */
  async serve(keys: string, steps: string): Promise<number> {
    const child = spawn('java', ['-cp', this.#classPath, 'WssPeer', 'serve', keys, steps], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#serving.push(child)
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    return Number(line)
  }

  override remove(): void {
    for (const child of this.#serving) child.kill()
    super.remove()
  }
}

/** zeep with signatures, as Debian packages it. */
export const ZEEP_PYTHON = '/usr/bin/python3'

export async function zeep(keys: string, url: string, mode: 'sign' | 'digest'): Promise<string> {
  // lxml and xmlsec of one make: another lxml in front of Debian's would not share its documents with xmlsec.
  const env = { ...process.env, PYTHONPATH: '/usr/lib/python3/dist-packages' }
  const { stdout } = await run(ZEEP_PYTHON, [here('zeep_client.py'), keys, url, mode], { env })
  return stdout.trim()
}

/** gSOAP with wsseapi, built with its own compiler. */
export class GsoapPeer extends Workshop {
  constructor() {
    super()
    const gsoap = '/usr/share/gsoap'
    const options = { cwd: this.folder, stdio: 'pipe' } as const
    execFileSync('soapcpp2', ['-L', '-x', `-I${gsoap}/import:${gsoap}`, here('quote.h')], options)
    const plugins = ['wsseapi.c', 'smdevp.c', 'mecevp.c', 'threads.c'].map((name) => `${gsoap}/plugin/${name}`)
    const sources = [
      here('gsoap_client.cpp'),
      'soapC.cpp',
      'soapClient.cpp',
      ...plugins,
      `${gsoap}/custom/struct_timeval.c`,
    ]
    const flags = [
      '-w',
      '-fpermissive',
      '-DWITH_OPENSSL',
      '-DWITH_DOM',
      '-DWITH_GZIP',
      '-I.',
      `-I${gsoap}/plugin`,
      `-I${gsoap}`,
    ]
    execFileSync('g++', [...flags, '-o', 'client', ...sources, '-lgsoapssl++', '-lssl', '-lcrypto', '-lz'], options)
  }

  async call(keys: string, url: string, mode: string): Promise<string> {
    const { stdout } = await run(join(this.folder, 'client'), [keys, url, mode])
    return stdout.trim()
  }
}
