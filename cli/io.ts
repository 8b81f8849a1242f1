/** Where a command reads and writes: the process in real life, arrays in tests. */
export interface Io {
  out(line: string): void
  error(line: string): void
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Standard output is a terminal, so that colour and caret lines help. */
  readonly terminal: boolean
}

export const processIo: Io = {
  out: (line) => console.log(line),
  error: (line) => console.error(line),
  environment: process.env,
  cwd: process.cwd(),
  terminal: process.stdout.isTTY,
}

/** Exit statuses of the contract: good, the thing asked about is wrong, usage. */
export const GOOD = 0
export const WRONG = 1
export const USAGE = 2
export type ExitStatus = typeof GOOD | typeof WRONG | typeof USAGE

/** One verb of the command line. */
export interface Verb {
  readonly name: string
  readonly summary: string
  readonly usage: string
  run(args: readonly string[], io: Io): Promise<number>
}
