import { readFileSync } from 'node:fs'
import { type ConsoleAnswer, type ConsolePage, html, type Platform, type UserStore } from 'viaduct'
import { consolePage, loginPage } from './layout.ts'
import { Login, type LoginSettings } from './login.ts'
import { type ConsoleCall, type ConsoleReply, line, page, redirect } from './http.ts'
import { carriesToken, type Session, Sessions } from './sessions.ts'

export interface ConsoleOptions {
  readonly settings: LoginSettings
  readonly platform: Platform
  /** Of the deployment that is current now. */
  readonly pages: () => readonly ConsolePage[]
  readonly users: () => UserStore | undefined
}

/** The console: a login, and the pages that rooms bring. Server-rendered; its script only adds comfort. */
export class Console {
  readonly #options: ConsoleOptions
  readonly #sessions: Sessions
  readonly #login: Login
  readonly #assets: ReadonlyMap<string, readonly [type: string, text: string]>

  constructor(options: ConsoleOptions) {
    this.#options = options
    this.#sessions = new Sessions(() => options.platform.monotonic())
    this.#login = new Login(options.settings, options.platform)
    this.#assets = new Map([
      ['/console.css', ['text/css', asset('console.css')]],
      ['/console.js', ['text/javascript', asset('in-browser.js')]],
    ])
  }

  /** Answers a request for anything but health and metrics. */
  async answer(call: ConsoleCall): Promise<ConsoleReply> {
    const url = new URL(call.url, 'http://console')
    const found = this.#assets.get(url.pathname)
    if (found !== undefined) return { status: 200, type: found[0], body: found[1], cached: true }
    if (call.method === 'GET' || call.method === 'HEAD') return this.#look(call, url)
    if (call.method === 'POST')
      return sameOrigin(call) ? this.#change(call, url) : line(403, 'This form is not from here.')
    return { ...line(405, 'GET or POST'), headers: { Allow: 'GET, HEAD, POST' } }
  }

  async #look({ session: secret }: ConsoleCall, { pathname, search, searchParams }: URL): Promise<ConsoleReply> {
    if (pathname === '/login') return page(200, loginPage(undefined, '/'))
    const session = await this.#session(secret)
    // Who is not logged in is sent to do so, and comes back to the page he wanted.
    if (session === undefined) return page(401, loginPage(undefined, pathname + search))
    return this.#page('GET', pathname, searchParams, new URLSearchParams(), session)
  }

  async #change(call: ConsoleCall, { pathname, searchParams }: URL): Promise<ConsoleReply> {
    const form = new URLSearchParams(call.body)
    if (pathname === '/login') return this.#enter(call.from, form)
    const session = await this.#session(call.session)
    if (session === undefined) return page(401, loginPage('Please log in again.', '/'))
    if (!carriesToken(session, form.get('token'))) return line(403, 'This form is too old: load the page again.')
    if (pathname !== '/logout') return this.#page('POST', pathname, searchParams, form, session)
    this.#sessions.close(call.session)
    return redirect('/login', '')
  }

  /** The session with what its user may do now: he may have been locked, or have other roles. */
  async #session(secret: string): Promise<Session | undefined> {
    const session = this.#sessions.find(secret)
    if (session === undefined) return undefined
    const admitted = await this.#login.again(session, this.#options.users())
    if (admitted === undefined) {
      this.#sessions.close(secret)
      return undefined
    }
    return Object.assign(session, admitted)
  }

  async #enter(from: string, form: URLSearchParams): Promise<ConsoleReply> {
    const [user, password, next] = [form.get('user') ?? '', form.get('password') ?? '', form.get('next') ?? '/']
    const attempt = await this.#login.attempt(user, password, from, this.#options.users())
    switch (attempt.outcome) {
      case 'in':
        return redirect(local(next), this.#sessions.open(attempt.user, attempt.mayChange))
      case 'wait': {
        const text = `Too many wrong passwords. Try again in ${attempt.seconds} seconds.`
        return { ...page(429, loginPage(text, next)), headers: { 'Retry-After': String(attempt.seconds) } }
      }
      case 'no-role':
        return page(403, loginPage('You have no role that may use the console.', next))
      case 'wrong':
        return page(401, loginPage('User name or password is wrong.', next))
    }
  }

  async #page(
    method: 'GET' | 'POST',
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
    session: Session,
  ): Promise<ConsoleReply> {
    const pages = this.#options.pages()
    const [first] = pages
    if (path === '/' && first !== undefined) return redirect(first.path)
    const section = pages.find((each) => path === each.path || path.startsWith(`${each.path}/`))
    const refused = method === 'POST' && !session.mayChange
    const answer = refused
      ? REFUSED
      : await section?.answer({
          method,
          path: path.slice(section.path.length),
          query,
          form,
          user: session.user,
          mayChange: session.mayChange,
          formToken: html`<input type="hidden" name="token" value="${session.formToken}" />`,
        })
    return this.#reply(answer ?? NOT_FOUND, section, session)
  }

  async #reply(answer: ConsoleAnswer, current: ConsolePage | undefined, session: Session): Promise<ConsoleReply> {
    if ('redirect' in answer) {
      const { redirect: to, notice, failed = false } = answer
      if (notice !== undefined) session.notice = { text: notice, failed }
      return redirect(to)
    }
    const entries = await Promise.all(
      this.#options.pages().map(async (each) => ({
        label: each.label,
        path: each.path,
        count: (await each.count?.()) ?? 0,
        current: each === current,
      })),
    )
    return page(answer.status ?? 200, consolePage(answer.title, answer.main, entries, session))
  }
}

const NOT_FOUND: ConsoleAnswer = {
  status: 404,
  title: 'There is no such page',
  main: html`<p><a href="/">Back</a></p>`,
}
const REFUSED: ConsoleAnswer = { status: 403, title: 'You may look, but not change this', main: html`<p></p>` }

/** Only to places of this console. */
const local = (next: string): string => (/^\/(?![/\\])[\w/?&=.%-]*$/.test(next) ? next : '/')

/** Browsers say where a form comes from; without that it is no browser of today. */
function sameOrigin({ origin, host, site }: ConsoleCall): boolean {
  if (origin === undefined) return site === undefined || site === 'same-origin'
  return URL.canParse(origin) && new URL(origin).host === host
}

const asset = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
