/** One step of a sample's `exchange.http`: a request with what must come of it, or a back end that stops or starts. */
export type Step =
  | { readonly kind: 'request'; readonly title: string; readonly request: Request; readonly expected: Expected }
  | { readonly kind: 'stop' | 'start'; readonly title: string; readonly port: number }

export interface Request {
  readonly method: string
  /** A path on the bus's HTTP port, or a whole URL. `{{Name}}` stands for a header of the answer before. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Texts that must occur; one that begins with `! ` must not. */
export interface Expected {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: readonly string[]
  readonly log: readonly string[]
  /** What back ends must have been sent, head and body, by port. */
  readonly backends: ReadonlyMap<number, readonly string[]>
}

/**
 * Reads an `exchange.http`. A step begins with `### title`; a request has the form of HTTP, its answer follows after
 * `--- <status>`: header fields, an empty line, and lines that must occur in the body. `--- log` and `--- back end <port>` hold
 * lines that must occur there. Instead of a request a step may say `STOP <port>` or `START <port>`.
 */
export function parseExchange(text: string): Step[] {
  const [, ...steps] = text.replaceAll('\r\n', '\n').split(/^###[ \t]*/m)
  return steps.map(parseStep)
}

function parseStep(text: string): Step {
  const [title = '', ...lines] = text.split('\n')
  const [written = '', ...sections] = lines.join('\n').split(/^--- */m)
  const control = /^(STOP|START) (\d+)\s*$/.exec(written.trim())
  if (control !== null)
    return { kind: control[1] === 'STOP' ? 'stop' : 'start', title: title.trim(), port: Number(control[2]) }
  return {
    kind: 'request',
    title: title.trim(),
    request: parseRequest(written),
    expected: parseExpected(title, sections),
  }
}

function parseRequest(text: string): Request {
  const { first, headers, rest } = parseHead(text)
  const [method = '', target = ''] = first.split(' ')
  const body = rest.replace(/\n+$/, '')
  const isMultipart = headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('multipart/'),
  )
  return { method, target, headers, body: isMultipart ? `${body}\n`.replaceAll('\n', '\r\n') : body }
}

function parseExpected(title: string, sections: readonly string[]): Expected {
  const log: string[] = []
  const backends = new Map<number, string[]>()
  let answer: Pick<Expected, 'status' | 'headers' | 'body'> | undefined
  for (const section of sections) {
    const { first, headers, rest } = parseHead(section)
    const port = /^back end (\d+)$/.exec(first)?.[1]
    if (/^\d{3}$/.test(first)) answer = { status: Number(first), headers, body: linesOf(rest) }
    else if (first === 'log') log.push(...linesOf(section.slice(first.length)))
    else if (port !== undefined) backends.set(Number(port), linesOf(section.slice(first.length)))
    else throw new Error(`"--- ${first}" in the step "${title}": expected a status, log, or back end <port>`)
  }
  if (answer === undefined) throw new Error(`the step "${title}" has no answer`)
  return { ...answer, log, backends }
}

function parseHead(text: string): { first: string; headers: [name: string, value: string][]; rest: string } {
  const end = text.indexOf('\n\n')
  const [first = '', ...fields] = (end < 0 ? text : text.slice(0, end)).trim().split('\n')
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon).trim(), field.slice(colon + 1).trim()]
  })
  return { first: first.trim(), headers, rest: end < 0 ? '' : text.slice(end + 2) }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

/** The request as a command for a shell. `base` is the URL of the bus, for targets that are paths. */
export function printCurl({ method, target, headers, body }: Request, base: string): string {
  const url = target.startsWith('/') ? base + target : target
  const words = ['curl', '-i']
  if (url.startsWith('https:')) words.push('-k')
  if (method !== (body === '' ? 'GET' : 'POST')) words.push('-X', method)
  for (const [name, value] of headers) words.push('-H', quote(`${name}: ${value}`))
  if (body !== '') words.push('--data-binary', quote(body))
  return [...words, quote(url)].join(' ')
}

const quote = (word: string): string => (/^[\w:/.=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
