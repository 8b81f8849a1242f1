import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const PICTURES = 'docs/images'

/** Where a browser is installed; undefined when there is none. */
export const browserProgram = PROGRAMS.find((each) => existsSync(each))

/** The line a test prints instead of running. */
export const BROWSER_MISSING = 'skipped: Chromium is not installed (apt-get install chromium)'

/** A real browser. What a page complains about (scripts, blocked content, missing files) is kept. */
export class TestBrowser implements AsyncDisposable {
  readonly complaints: string[] = []
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async open(): Promise<TestBrowser> {
    const options = { args: ['--no-sandbox', '--disable-gpu'], headless: true }
    return new TestBrowser(await chromium.launch({ ...options, executablePath: browserProgram ?? '' }))
  }

  /** Somebody with a browser of his own. */
  async person(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const viewport = { width: 1100, height: 760 }
    const context: BrowserContext = await this.#browser.newContext({
      colorScheme,
      viewport,
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      // A page that answers 401 or 403 is what some tests ask for; the browser says so as if something were missing.
      if (message.type() === 'error' && !/status of 4/.test(message.text())) this.complaints.push(message.text())
    })
    return page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }
}

/** Takes a picture for the documentation: when it is missing, or when VIADUCT_PICTURES asks for new ones. */
export async function picture(page: Page, name: string): Promise<void> {
  const path = join(PICTURES, `${name}.png`)
  mkdirSync(PICTURES, { recursive: true })
  if (process.env['VIADUCT_PICTURES'] === 'new' || !existsSync(path)) await page.screenshot({ path })
}

/** What a page lacks for those who do not see it or use no mouse. */
export function shortcomings(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const wrong = []
    const name = (e) => e.outerHTML.slice(0, 80)
    if (!document.documentElement.lang) wrong.push('the page has no language')
    if (document.querySelectorAll('h1').length !== 1) wrong.push('there is not one h1')
    if (!document.querySelector('main')) wrong.push('there is no main')
    for (const e of document.querySelectorAll('input:not([type=hidden]), textarea, select'))
      if (e.labels.length === 0 && !e.ariaLabel) wrong.push('no label: ' + name(e))
    for (const e of document.querySelectorAll('a, button'))
      if (!(e.ariaLabel || e.textContent).trim()) wrong.push('no name: ' + name(e))
    for (const e of document.querySelectorAll('th')) if (!e.scope) wrong.push('no scope: ' + name(e))
    for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
      for (const id of (e.getAttribute('aria-describedby') || e.getAttribute('aria-labelledby')).split(' '))
        if (!document.getElementById(id)) wrong.push('leads nowhere: ' + name(e))
    const ids = [...document.querySelectorAll('[id]')].map((e) => e.id)
    if (new Set(ids).size !== ids.length) wrong.push('an id is there twice')
    const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number)
    const light = ([r, g, b]) => [r, g, b].map((v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
    const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c } return [255, 255, 255] }
    for (const e of document.querySelectorAll('body *')) {
      const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
      if (!own || !e.checkVisibility() || e.closest('.hidden, .skip')) continue
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))]
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      if (contrast < 4.5) wrong.push('contrast ' + contrast.toFixed(2) + ': ' + name(e))
    }
    return wrong
  })()`)
}
