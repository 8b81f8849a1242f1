import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'
import { NEW_HOME, newMediator, packageOf } from './new-home.ts'
import { packageVersion } from './package.ts'

export const create: Verb = {
  name: 'new',
  summary: 'Writes a home to start from, or a custom mediator with its test and page.',
  usage: 'viaduct new <dir>\nviaduct new mediator <name>   in the current home',
  async run(args, io) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [what, name] = positionals
    if (what === undefined) {
      io.error('viaduct new needs a folder, or `mediator <name>`')
      return USAGE
    }
    if (what !== 'mediator')
      return write(
        resolve(io.cwd, what),
        { ...packageOf(packageVersion()), ...NEW_HOME, ...newMediator('stamp') },
        io,
        `viaduct run ${what}`,
      )
    if (name === undefined || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
      io.error('a mediator needs a name in lower case, such as mask or audit-trail')
      return USAGE
    }
    const missing = existsSync(join(io.cwd, 'package.json')) ? {} : packageOf(packageVersion())
    const files = { ...missing, ...newMediator(name) }
    return write(
      io.cwd,
      files,
      io,
      `use it: <class name="${name}"/>\ntest it: node --test mediators/${name}/${name}.test.ts`,
    )
  },
}

/** Writes the files, all or none: nothing that exists is overwritten. */
function write(folder: string, files: Readonly<Record<string, string>>, io: Io, next: string): number {
  const taken = Object.keys(files).filter((path) => existsSync(join(folder, path)))
  if (taken.length > 0) {
    io.error(`${join(folder, taken[0] ?? '')} exists already; nothing was written`)
    return WRONG
  }
  if (files['README.md'] !== undefined && existsSync(folder) && readdirSync(folder).length > 0) {
    io.error(`${folder} is not empty; nothing was written`)
    return WRONG
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    io.out(join(folder, path))
  }
  io.out(next)
  return GOOD
}
