import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { DatabaseUsers, hashPassword, kindOfStore } from '../identity/index.ts'
import { openDatabase } from '../stores/index.ts'
import { readHome } from '../runtime/home/index.ts'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'
import { standardLanguage } from './standard.ts'

export const user: Verb = {
  name: 'user',
  summary: 'Keeps the accounts in the database of a home.',
  usage: `viaduct user list                     every account
viaduct user add <name>               an account that can log in
viaduct user passwd <name>            another password
viaduct user roles <name> --role R …  other roles
viaduct user activate|lock <name>     let it log in, or no more
viaduct user remove <name>
viaduct user hash                     print the hash of a password, for security/users.json
  --home .             the home
  --role NAME          a role; may be repeated
  --email ADDRESS      where letters go
  --password TEXT      else it is read from standard input
  --json               list: as JSON`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [what = '', name] = positionals
    if (what === 'hash') {
      io.out(await hashPassword(await passwordOf(values, io)))
      return GOOD
    }
    const action = ACTIONS.get(what)
    if (action === undefined || (what !== 'list' && name === undefined)) {
      io.error(`viaduct user needs ${[...ACTIONS.keys()].join(', ')} or hash, and a name\n${this.usage}`)
      return USAGE
    }
    return withAccounts(values.home ?? '.', io, (accounts) => action({ accounts, name: name ?? '', values, io }))
  },
}

const options = {
  home: { type: 'string' },
  role: { type: 'string', multiple: true },
  email: { type: 'string' },
  password: { type: 'string' },
  json: { type: 'boolean' },
} as const

interface Values {
  readonly home?: string
  readonly role?: string[]
  readonly email?: string
  readonly password?: string
  readonly json?: boolean
}

interface Asked {
  readonly accounts: DatabaseUsers
  readonly name: string
  readonly values: Values
  readonly io: Io
}

const ACTIONS: ReadonlyMap<string, (asked: Asked) => Promise<number>> = new Map<
  string,
  (asked: Asked) => Promise<number>
>([
  ['list', list],
  ['add', add],
  [
    'passwd',
    async (asked) => done(asked, asked.accounts.setPassword(asked.name, await passwordOf(asked.values, asked.io))),
  ],
  ['roles', (asked) => done(asked, asked.accounts.change(asked.name, { roles: asked.values.role ?? [] }))],
  ['activate', (asked) => done(asked, asked.accounts.change(asked.name, { state: 'active' }))],
  ['lock', (asked) => done(asked, asked.accounts.change(asked.name, { state: 'locked' }))],
  ['remove', (asked) => done(asked, asked.accounts.remove(asked.name))],
])

async function list({ accounts, values, io }: Asked): Promise<number> {
  const all = await accounts.list()
  if (values.json === true) {
    io.out(JSON.stringify(all.map((each) => ({ ...each, claims: Object.fromEntries(each.claims) }))))
    return GOOD
  }
  for (const { name, state, roles, claims } of all)
    io.out([name.padEnd(24), state.padEnd(8), roles.join(','), claims.get('email') ?? ''].join(' ').trimEnd())
  if (all.length === 0) io.out('there are no accounts; viaduct user add <name> makes one')
  return GOOD
}

async function add({ accounts, name, values, io }: Asked): Promise<number> {
  const password = await passwordOf(values, io)
  if (password === '') {
    io.error('an account needs a password')
    return USAGE
  }
  const claims = new Map(values.email === undefined ? [] : [['email', values.email]])
  const added = await accounts.add({ name, password, state: 'active', roles: values.role ?? [], claims })
  if (added) io.out(`${name} can log in`)
  else io.error(`the name "${name}" is taken`)
  return added ? GOOD : WRONG
}

async function done({ name, io }: Asked, change: Promise<boolean>): Promise<number> {
  if (await change) {
    io.out(`${name}: done`)
    return GOOD
  }
  io.error(`there is no account "${name}"`)
  return WRONG
}

async function withAccounts(path: string, io: Io, work: (accounts: DatabaseUsers) => Promise<number>): Promise<number> {
  const home = await readHome(path, standardLanguage(), { environment: io.environment, cwd: io.cwd })
  const { identity, database: settings } = home.settings
  const kind = kindOfStore(identity, home.root)
  if (kind !== 'database') {
    const where = kind === 'file' ? identity.file : identity.ldap.url
    io.error(`the users of this home are kept in ${where}, not in the database (identity.store in viaduct.config.json)`)
    return WRONG
  }
  const database = await openDatabase(settings, home.root)
  try {
    return await work(new DatabaseUsers(database, () => Date.now()))
  } finally {
    await database[Symbol.asyncDispose]()
  }
}

/** From the option, else the first line of standard input. */
async function passwordOf({ password }: Values, io: Io): Promise<string> {
  if (password !== undefined) return password
  if (io.terminal) io.error('Password:')
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
  }
}
