import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createBackend, serviceNamed } from '../samples/backends/index.ts'
import { didYouMean } from '../runtime/diagnostic.ts'
import { GOOD, type Io, USAGE, type Verb } from './io.ts'
import { packageRoot } from './package.ts'
import { runHome, runOptions } from './run.ts'

/** What `sample.json` of a sample says. */
export interface Sample {
  readonly name: string
  readonly home: string
  readonly title: string
  readonly backends: readonly { readonly port: number; readonly name?: string; readonly services: readonly string[] }[]
  /** A command that works when pasted while the sample runs. */
  readonly try: string
}

/** Every sample that ships. Numbered ones can be named without leading zeros. */
export function samples(): Sample[] {
  const folder = join(packageRoot(), 'samples')
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'sample.json')))
    .map((entry) => readSample(join(folder, entry.name), entry.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function readSample(folder: string, name: string): Sample {
  const described = JSON.parse(readFileSync(join(folder, 'sample.json'), 'utf8')) as Omit<Sample, 'name' | 'home'>
  const single = join(folder, 'synapse.xml')
  return { ...described, name, home: existsSync(single) ? single : folder }
}

export const sample: Verb = {
  name: 'sample',
  summary: 'Lists the samples, or runs one with the back ends it needs.',
  usage: `viaduct sample [name|number] [--list] [--json] [options of run]`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...runOptions, list: { type: 'boolean' }, json: { type: 'boolean' } },
    })
    const [name] = positionals
    if (name === undefined) return list(io, values.json === true)
    const all = samples()
    const found = all.find((each) => each.name === name || (/^\d+$/.test(name) && Number(each.name) === Number(name)))
    if (found === undefined) {
      io.error(
        `there is no sample "${name}"${didYouMean(
          name,
          all.map((each) => each.name),
        )}; viaduct sample lists them`,
      )
      return USAGE
    }
    return runSample(found, values, io)
  },
}

function list(io: Io, json: boolean): number {
  if (json) io.out(JSON.stringify(samples().map(({ name, title }) => ({ name, title }))))
  else for (const { name, title } of samples()) io.out(`${name.padEnd(12)}${title}`)
  return GOOD
}

async function runSample(found: Sample, values: Parameters<typeof runHome>[1], io: Io): Promise<number> {
  const backends = []
  for (const { port, name, services } of found.backends) {
    backends.push(
      await createBackend({ port, services: services.map(serviceNamed), ...(name === undefined ? {} : { name }) }),
    )
    io.out(`back end ${services.join(', ')} on http://localhost:${port}`)
  }
  try {
    return await runHome(found.home, values, io, { ready: `try: ${found.try}` })
  } finally {
    for (const backend of backends) await backend.close()
  }
}
