import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { TestFolder } from '../../runtime/testing/folder.ts'

/** A letter as the server took it. */
export interface ReceivedLetter {
  readonly from: string
  readonly to: readonly string[]
  /** Header and body as they came, lines ended by CRLF. */
  readonly raw: string
  readonly secure: boolean
  readonly user: string | undefined
}

/** What the server does instead of what it should: a reply, silence, or an end of the connection. */
export type Misbehaviour = `${number} ${string}` | 'silence' | 'close' | undefined

export interface SmtpOptions {
  /** Asked for every command, with the number of commands of that verb before; also `GREETING`, and `TAKEN` after a letter. */
  readonly misbehave?: (verb: string, before: number) => Misbehaviour
  /** `starttls` offers it, `tls` begins with it. */
  readonly security?: 'none' | 'starttls' | 'tls'
  /** Who must log in; nobody when undefined. */
  readonly login?: { readonly user: string; readonly password: string }
}

/** A mail server on a free port of loopback, with as much of RFC 5321 as senders use, and the faults that a test asks for. */
export class SmtpServer implements AsyncDisposable {
  readonly received: ReceivedLetter[] = []
  readonly commands: string[] = []
  /** Connections at once, at most. */
  mostConnections = 0
  readonly #options: SmtpOptions
  readonly #sockets = new Set<Socket>()
  readonly #counts = new Map<string, number>()
  readonly #keys: Keys | undefined
  #server: Server | undefined

  constructor(options: SmtpOptions = {}) {
    this.#options = options
    const { security = 'none' } = options
    if (security !== 'none') this.#keys = makeKeys()
  }

  /** PEM of the authority that signed its certificate. */
  get authority(): string {
    return this.#keys?.file ?? ''
  }

  async listen(port = 0): Promise<number> {
    const serve = (socket: Socket): void => this.#serve(socket)
    const server =
      this.#options.security === 'tls' ? createTlsServer({ ...this.#keys?.pair }, serve) : createServer(serve)
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return (server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => (this.#server === undefined ? resolve(undefined) : this.#server.close(resolve)))
    this.#keys?.folder[Symbol.dispose]()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    this.mostConnections = Math.max(this.mostConnections, this.#sockets.size)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    const dialogue = new Dialogue(socket, this, this.#options, (verb) => this.#misbehaviour(verb), this.#keys)
    dialogue.begin()
  }

  #misbehaviour(verb: string): Misbehaviour {
    const before = this.#counts.get(verb) ?? 0
    this.#counts.set(verb, before + 1)
    return this.#options.misbehave?.(verb, before)
  }
}

class Dialogue {
  #socket: Socket
  readonly #server: SmtpServer
  readonly #options: SmtpOptions
  readonly #misbehaviour: (verb: string) => Misbehaviour
  readonly #keys: Keys | undefined
  #buffer = ''
  #data: string | undefined
  #from = ''
  #to: string[] = []
  #user: string | undefined
  #secure = false

  constructor(
    socket: Socket,
    server: SmtpServer,
    options: SmtpOptions,
    misbehaviour: (verb: string) => Misbehaviour,
    keys: Keys | undefined,
  ) {
    this.#socket = socket
    this.#server = server
    this.#options = options
    this.#misbehaviour = misbehaviour
    this.#keys = keys
    this.#secure = options.security === 'tls'
  }

  begin(): void {
    this.#listen()
    this.#reply('GREETING', '220 test ESMTP')
  }

  #listen(): void {
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk: string) => {
      this.#buffer += chunk
      for (let end = this.#buffer.indexOf('\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n')) {
        const line = this.#buffer.slice(0, end)
        this.#buffer = this.#buffer.slice(end + 2)
        if (this.#data === undefined) this.#command(line)
        else this.#line(line)
      }
    })
  }

  #line(line: string): void {
    if (line !== '.') {
      this.#data += `${line.startsWith('.') ? line.slice(1) : line}\r\n`
      return
    }
    const raw = Buffer.from(this.#data ?? '', 'latin1').toString('utf8')
    this.#data = undefined
    this.#server.received.push({ from: this.#from, to: this.#to, raw, secure: this.#secure, user: this.#user })
    this.#reply('TAKEN', '250 queued')
  }

  #command(line: string): void {
    const verb = (line.split(' ', 1)[0] ?? '').toUpperCase()
    this.#server.commands.push(line)
    switch (verb) {
      case 'EHLO':
        return this.#reply(verb, this.#greeting())
      case 'STARTTLS':
        return this.#startTls()
      case 'AUTH':
        return this.#auth(line)
      case 'MAIL':
        this.#from = addressIn(line)
        this.#to = []
        return this.#reply(verb, this.#allowed ? '250 ok' : '530 log in first')
      case 'RCPT':
        this.#to.push(addressIn(line))
        return this.#reply(verb, '250 ok')
      case 'DATA':
        return this.#reply(verb, '354 go on', () => (this.#data = ''))
      case 'QUIT':
        this.#reply(verb, '221 bye')
        this.#socket.end()
        return undefined
      default:
        return this.#reply(verb, '250 ok')
    }
  }

  get #allowed(): boolean {
    return this.#options.login === undefined || this.#user !== undefined
  }

  #greeting(): string {
    const offers = ['test']
    if (this.#options.security === 'starttls' && !this.#secure) offers.push('STARTTLS')
    if (this.#options.login !== undefined) offers.push('AUTH PLAIN')
    offers.push('8BITMIME')
    return offers.map((each, i) => `250${i === offers.length - 1 ? ' ' : '-'}${each}`).join('\r\n')
  }

  #startTls(): void {
    this.#reply('STARTTLS', '220 go', () => {
      const plain = this.#socket
      plain.removeAllListeners('data')
      this.#socket = new TLSSocket(plain, { isServer: true, ...this.#keys?.pair })
      this.#socket.on('error', () => {})
      this.#secure = true
      this.#buffer = ''
      this.#listen()
    })
  }

  #auth(line: string): void {
    const [, method, initial] = line.split(' ')
    if (method !== 'PLAIN' || initial === undefined) return this.#reply('AUTH', '504 no')
    const [, user = '', password = ''] = Buffer.from(initial, 'base64').toString('utf8').split('\0')
    return this.#check(user, password)
  }

  #check(user: string, password: string): void {
    const { login } = this.#options
    const right = login?.user === user && login.password === password
    if (right) this.#user = user
    this.#reply('AUTH', right ? '235 ok' : '535 wrong')
  }

  #reply(verb: string, reply: string, then: () => void = () => {}): void {
    const wrong = this.#misbehaviour(verb)
    if (wrong === 'silence') return
    if (wrong === 'close') {
      this.#socket.destroy()
      return
    }
    this.#socket.write(`${wrong ?? reply}\r\n`, () => {})
    if (wrong === undefined) then()
  }
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

interface Keys {
  readonly folder: TestFolder
  readonly file: string
  readonly pair: { readonly key: Buffer; readonly cert: Buffer }
}

function makeKeys(): Keys {
  const folder = new TestFolder()
  const [key, file] = [folder.file('key.pem'), folder.file('cert.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const request = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    file,
    ...names,
  ]
  execFileSync('openssl', request, { stdio: 'ignore' })
  return { folder, file, pair: { key: readFileSync(key), cert: readFileSync(file) } }
}
