import cluster from 'node:cluster'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { didYouMean } from 'viaduct'
import { parseExchange, printCurl } from './exchange-file.ts'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'
import { packageRoot } from './package.ts'
import { runHome, runOptions } from './run.ts'
import { createKeys } from './sample-keys.ts'
import { BackendProcesses, runBackend, type SampleBackend } from './sample-backends.ts'

/** What `sample.json` of a sample says. */
export interface Sample {
  readonly name: string
  readonly folder: string
  readonly title: string
  readonly backends: readonly SampleBackend[]
  /** Names of keys that are made when it starts first, in its `security/`. */
  readonly keys?: readonly string[]
  /** A command that works when pasted while the sample runs, `{home}` being its folder; else the first request of `exchange.http`. */
  readonly try?: string
  /** Addresses for a browser, each with what it is for. */
  readonly open?: readonly string[]
}

/** Every sample that ships: the quickstart, the numbered ones, then the others. */
export function samples(): Sample[] {
  const folder = join(packageRoot(), 'samples')
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'sample.json')))
    .map((entry) => readSample(join(folder, entry.name), entry.name))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1))
}

/** The one to start with, then the classic ones by number, then what is new. */
const rankOf = ({ name }: Sample): number => (name === 'quickstart' ? 0 : /^\d/.test(name) ? 1 : 2)

function readSample(folder: string, name: string): Sample {
  const described = JSON.parse(readFileSync(join(folder, 'sample.json'), 'utf8')) as Omit<Sample, 'name' | 'folder'>
  return { ...described, name, folder }
}

/** What `viaduct run` is given: the one file of a classic sample, or the folder. */
export function homeOf(folder: string): string {
  const single = join(folder, 'synapse.xml')
  return existsSync(single) ? single : folder
}

export const sample: Verb = {
  name: 'sample',
  summary: 'Lists the samples, or runs one with the back ends it needs.',
  usage: `viaduct sample [name|number] [options]
  --list               list the samples; so does leaving the name out
  --json               the list as JSON
  --backend PORT       run only the back end of that port

and the options of run. Each back end is a process of its own: kill one to see what the bus does without it.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...runOptions, list: { type: 'boolean' }, json: { type: 'boolean' }, backend: { type: 'string' } },
    })
    const { list: listed, json, backend, ...options } = values
    const [name] = positionals
    if (name === undefined || listed === true) return list(io, json === true)
    const all = samples()
    const found = all.find((each) => each.name === name || (/^\d+$/.test(name) && Number(each.name) === Number(name)))
    if (found === undefined) {
      const names = all.map((each) => each.name)
      io.error(`there is no sample "${name}"${didYouMean(name, names)}; viaduct sample lists them`)
      return USAGE
    }
    return backend === undefined ? runSample(found, options, io) : runOne(found, backend, io)
  },
}

function list(io: Io, json: boolean): number {
  const listed = samples()
  const width = Math.max(...listed.map(({ name }) => name.length)) + 2
  if (json) io.out(JSON.stringify(listed.map(({ name, title }) => ({ name, title }))))
  else for (const { name, title } of listed) io.out(`${name.padEnd(width)}${title}`)
  return GOOD
}

function runOne({ folder, name, backends }: Sample, port: string, io: Io): Promise<number> | number {
  const backend = backends.find((each) => String(each.port) === port)
  if (backend !== undefined) return runBackend(backend, folder, io)
  io.error(`--backend ${port}: sample ${name} has ${backends.map((each) => each.port).join(', ') || 'no back ends'}`)
  return USAGE
}

async function runSample(found: Sample, values: Parameters<typeof runHome>[1], io: Io): Promise<number> {
  const folder = editable(found, io)
  await using backends = new BackendProcesses()
  if (cluster.isPrimary) {
    createKeys(folder, found.keys ?? [])
    io.out(`sample ${found.name}: ${found.title}`)
    io.out(`home ${relative(io.cwd, homeOf(folder)) || '.'}`)
    const failure = await backends.start(found.name, found.backends, io)
    if (failure !== undefined) {
      io.error(failure)
      return WRONG
    }
  }
  return await runHome(homeOf(folder), values, io, {
    ready: (listening, admin) =>
      [
        ...(found.open ?? []).map((each) => `open: ${addressed(each, listening, admin)}`),
        `try: ${tryOf({ ...found, folder }, listening, relative(io.cwd, folder))}`,
      ].join('\n'),
  })
}

/** Where the files of a sample can be edited: an installed package is no such place, nor does Node run TypeScript from there. */
function editable({ folder, name }: Sample, io: Io): string {
  if (!folder.includes(`${sep}node_modules${sep}`)) return folder
  const copy = join(io.cwd, 'viaduct-samples', name)
  if (!existsSync(copy)) cpSync(folder, copy, { recursive: true })
  return copy
}

const DEFAULT_URL = 'http://localhost:8280'

const DEFAULT_ADMIN = 'http://localhost:9164'

const shownUrl = (url: string | undefined): string | undefined => url?.replace('//127.0.0.1', '//localhost')

/** An address of `sample.json` with the ports that were taken. */
const addressed = (text: string, listening: readonly string[], admin: string | undefined): string =>
  text
    .replace(DEFAULT_URL, shownUrl(listening[0]) ?? DEFAULT_URL)
    .replace(DEFAULT_ADMIN, shownUrl(admin) ?? DEFAULT_ADMIN)

function tryOf({ folder, ...described }: Sample, listening: readonly string[], shown: string): string {
  const base = shownUrl(listening[0]) ?? DEFAULT_URL
  if (described.try !== undefined) return described.try.replaceAll(DEFAULT_URL, base).replaceAll('{home}', shown)
  const first = parseExchange(readFileSync(join(folder, 'exchange.http'), 'utf8')).find(
    (step) => step.kind === 'request',
  )
  return first === undefined ? `curl -i ${base}` : printCurl(first.request, base)
}
