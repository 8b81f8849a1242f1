import { html, type Html } from 'viaduct'
import type { Session } from './sessions.ts'

export interface NavigationEntry {
  readonly label: string
  readonly path: string
  readonly count: number
  readonly current: boolean
}

const document = (title: string, body: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – Viaduct</title>
        <link rel="stylesheet" href="/console.css" />
        <script src="/console.js" defer></script>
      </head>
      ${body}
    </html>`.text
  }\n`

/** A page inside the console: navigation, what was just done, and the page itself. */
export function consolePage(title: string, main: Html, entries: readonly NavigationEntry[], session: Session): string {
  const { notice, user, formToken } = session
  session.notice = undefined
  const links = entries.map(
    ({ label, path, count, current }) =>
      html`<li>
        <a href="${path}" ${current && html`aria-current="page"`}
          >${label}${count > 0 && html` <span class="count">${count}<span class="hidden"> waiting</span></span>`}</a
        >
      </li>`,
  )
  return document(
    title,
    html`<body>
      <a class="skip" href="#main">Skip to content</a>
      <header>
        <strong class="brand">Viaduct</strong>
        <nav aria-label="Sections">
          <ul>
            ${links}
          </ul>
        </nav>
        <form method="post" action="/logout">
          <input type="hidden" name="token" value="${formToken}" />
          <span class="who">${user.name}</span> <button class="quiet">Log out</button>
        </form>
      </header>
      <main id="main" tabindex="-1">
        ${
          notice !== undefined &&
          html`<p class="notice ${notice.failed && 'failed'}" role="${notice.failed ? 'alert' : 'status'}">
            ${notice.text}
          </p>`
        }
        <h1>${title}</h1>
        ${main}
      </main>
    </body>`,
  )
}

/** Where one logs in, and what went wrong with it. */
export function loginPage(problem: string | undefined, next: string): string {
  return document(
    'Log in',
    html`<body class="outside">
      <main id="main">
        <h1>Viaduct</h1>
        ${problem !== undefined && html`<p class="notice failed" role="alert">${problem}</p>`}
        <form method="post" action="/login">
          <input type="hidden" name="next" value="${next}" />
          <label for="user">User name</label>
          <input id="user" name="user" autocomplete="username" required autofocus />
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
          <button class="good">Log in</button>
        </form>
      </main>
    </body>`,
  )
}
