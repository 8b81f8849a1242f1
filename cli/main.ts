import { GOOD, type Io, processIo, USAGE, type Verb, WRONG } from './io.ts'

/** Verbs by name; each is loaded only when it is asked for, so that `run` starts without the others. */
const VERBS: ReadonlyMap<string, () => Promise<Verb>> = new Map<string, () => Promise<Verb>>([
  ['run', async () => (await import('./run.ts')).run],
  ['check', async () => (await import('./check.ts')).check],
  ['new', async () => (await import('./new.ts')).create],
  ['sample', async () => (await import('./sample.ts')).sample],
  ['explain', async () => (await import('./explain.ts')).explain],
  ['schema', async () => (await import('./schema.ts')).schema],
  ['call', async () => (await import('./call.ts')).call],
  ['user', async () => (await import('./user.ts')).user],
  ['policy', async () => (await import('./policy.ts')).policy],
])

const SUMMARIES: readonly [verb: string, summary: string][] = [
  ['run [home]', 'start the bus on a home (a folder or a <definitions> file)'],
  ['check [home|file…]', 'read, link and validate; print every mistake with file, line and column'],
  ['new <dir>', 'write a home to start from; `new mediator <name>` a custom mediator'],
  ['sample [name]', 'list the samples, or run one with the back ends it needs'],
  ['explain <mediator|code>', 'what an element, a diagnostic or a fault code means'],
  ['schema --xsd|--json', 'schema of the configuration language'],
  ['call <url>', 'send a SOAP message'],
  ['user <verb> [name]', 'list, add, remove accounts; change passwords and roles'],
  ['policy <verb> [request]', 'what XACML policies decide, why, and whether it is expected'],
]

/** Runs the command line and gives the exit status: 0 good, 1 the thing asked about is wrong, 2 usage. */
export async function main(args: readonly string[], io: Io = processIo): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(usage())
    return name === undefined ? USAGE : GOOD
  }
  if (name === '--version' || name === '-v') {
    const { packageVersion } = await import('./package.ts')
    io.out(packageVersion())
    return GOOD
  }
  const load = VERBS.get(name)
  if (load === undefined) {
    const { didYouMean } = await import('viaduct')
    io.error(`viaduct has no verb "${name}"${didYouMean(name, VERBS.keys())}`)
    io.error('viaduct --help lists them.')
    return USAGE
  }
  const verb = await load()
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(`${verb.summary}\n\n${verb.usage}`)
    return GOOD
  }
  try {
    return await verb.run(joinNegatives(rest), io)
  } catch (thrown) {
    return explained(thrown, name, io)
  }
}

const UNREADABLE: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'it may not be read'],
  ['EISDIR', 'this is a folder'],
])

/** What the user did wrong, in a line; anything else is a mistake of the program and keeps its stack. */
function explained(thrown: unknown, verb: string, io: Io): number {
  const { code, path, message } = (thrown ?? {}) as NodeJS.ErrnoException
  const unreadable = UNREADABLE.get(code)
  if (path !== undefined && unreadable !== undefined) {
    io.error(`${path}: ${unreadable}`)
    return WRONG
  }
  if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw thrown
  io.error(`${message.split('\n')[0]}\nviaduct ${verb} --help shows what it takes.`)
  return USAGE
}

/** `--port -1` as `--port=-1`: a value that begins with a dash would be read as an option. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    if (/^-\d+$/.test(arg) && /^--[\w-]+$/.test(joined.at(-1) ?? '')) joined.push(`${joined.pop()}=${arg}`)
    else joined.push(arg)
  }
  return joined
}

function usage(): string {
  const width = Math.max(...SUMMARIES.map(([verb]) => verb.length)) + 2
  const lines = SUMMARIES.map(([verb, summary]) => `  viaduct ${verb.padEnd(width)}${summary}`)
  return [
    'Viaduct runs Apache Synapse and WSO2 ESB configuration on Node.js.',
    '',
    ...lines,
    '',
    'Every verb has --help.',
  ].join('\n')
}
