import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BusProcess, startBus } from './conformance/bus-process.ts'

const home = mkdtempSync(join(tmpdir(), 'viaduct-modules-'))
let bus: BusProcess
let url: string

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

/** A proxy that runs one module and answers with the header it may have set. */
const proxy = (name: string, inner = `<class name="${name}"/>`): void =>
  write(
    `proxies/${name}.xml`,
    `<proxy xmlns="http://ws.apache.org/ns/synapse" name="${name}" transports="http"><target><inSequence>${inner}<respond/></inSequence></target></proxy>`,
  )

const call = async (name: string): Promise<Response> =>
  fetch(`${url}/services/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/xml', SOAPAction: '"urn:x"' },
    body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a>1</a></s:Body></s:Envelope>',
    signal: AbortSignal.timeout(15_000),
  })

async function until(condition: () => boolean | Promise<boolean>, patience = 5_000): Promise<void> {
  const end = performance.now() + patience
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`it did not happen within ${patience} ms; log: ${bus.log().slice(-2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

beforeAll(async () => {
  write(
    'mediators/Stamp.mjs',
    `export default class Stamp { text = 'one'; mediate(mc) { mc.setHeader('X-Stamp', this.text); return true } }`,
  )
  write(
    'mediators/typed.ts',
    `import { defineMediator, string, required } from 'viaduct'\nexport const alias = ['org.acme.Typed']\nexport default defineMediator({ name: 'typed', namespace: 'urn:t', summary: 't', attributes: { value: required(string('v')) }, compile: ({ value }) => (ctx) => { ctx.message.headers.set('X-Typed', value); return 'continue' } })`,
  )
  write('package.json', '{"type": "commonjs"}')
  write(
    'mediators/Plain.js',
    `import { Fault } from 'viaduct'\nexport default class Plain { mediate(mc) { mc.setHeader('X-Plain', Fault.name); return true } }`,
  )
  write('mediators/Old.js', `module.exports = class Old { mediate(mc) { mc.setHeader('X-Old', 'yes'); return true } }`)
  write('mediators/Throws.mjs', `export default class Throws { mediate() { throw new Error('kit: thrown') } }`)
  write('mediators/ThrowsString.mjs', `export default class ThrowsString { mediate() { throw 'just text' } }`)
  write('mediators/ThrowsNull.mjs', `export default class ThrowsNull { mediate() { throw null } }`)
  write('mediators/Garbage.mjs', `export default class Garbage { mediate() { return { then: 5, toString: null } } }`)
  write(
    'mediators/Thenable.mjs',
    `export default class Thenable { mediate() { return { then(ok) { ok(true); ok(false); throw 1 } } } }`,
  )
  write(
    'mediators/Hangs.mjs',
    `export const timeout = 300\nexport default class Hangs { mediate() { return new Promise(() => {}) } }`,
  )
  write(
    'mediators/Blocks.mjs',
    `export default class Blocks { mediate() { const end = Date.now() + 2000; while (Date.now() < end); return true } }`,
  )
  write(
    'mediators/Spins.mjs',
    `export const isolation = 'worker'\nexport const timeout = 500\nexport default class Spins { mediate(mc) { if (mc.message.headers.get('X-Stamp') === undefined) for (;;); return true } }`,
  )
  write(
    'mediators/Aside.ts',
    `export const isolation = 'worker'\nexport default class Aside { greeting = ''; setGreeting(text: string) { this.greeting = text } mediate(mc: { properties: { set(s: string, n: string, v: unknown): void } , message: { headers: { set(n: string, v: string): void } } }) { mc.message.headers.set('X-Aside', this.greeting); mc.properties.set('default', 'aside', 1); return true } }`,
  )
  write(
    'mediators/Late.mjs',
    `export default class Late { mediate(mc) { setTimeout(() => { try { mc.setProperty('late', 'x'); console.error('LATE CHANGED') } catch (e) { console.error('late refused: ' + e.message) } }, 20); return true } }`,
  )
  for (const name of [
    'Stamp',
    'Plain',
    'Old',
    'Throws',
    'ThrowsString',
    'ThrowsNull',
    'Garbage',
    'Thenable',
    'Hangs',
    'Blocks',
    'Spins',
    'Late',
  ])
    proxy(name)
  proxy('TypedProxy', '<class name="org.acme.Typed"><property name="value" value="42"/></class>')
  proxy('AsideProxy', '<class name="Aside"><property name="greeting" value="hello"/></class>')
  proxy('PerMessage', '<class name="Stamp"><property name="text" expression="$trp:SOAPAction"/></class>')
  bus = await startBus(home, { port: 0, watch: true })
  url = bus.listening[0] ?? ''
}, 40_000)

afterAll(async () => {
  await bus?.stop()
  rmSync(home, { recursive: true, force: true })
})

describe('a module', () => {
  test('written as a plain class sets a header', async () => {
    expect((await call('Stamp')).headers.get('X-Stamp')).toBe('one')
  })

  test('written with defineMediator in TypeScript is found by its alias and gets checked properties', async () => {
    expect((await call('TypedProxy')).headers.get('X-Typed')).toBe('42')
  })

  test('is an ES module when it is written as one, in a CommonJS project too', async () => {
    expect((await call('Plain')).headers.get('X-Plain')).toBe('Fault')
    expect((await call('Old')).headers.get('X-Old')).toBe('yes')
  })

  test('with an expression property sees the value of its own message', async () => {
    expect((await call('PerMessage')).headers.get('X-Stamp')).toBe('"urn:x"')
  })

  test.each(['Throws', 'ThrowsString', 'ThrowsNull', 'Garbage'])(
    '%s gives a SOAP fault without a stack, and the bus lives on',
    async (name) => {
      const answer = await call(name)
      expect(answer.status).toBe(500)
      const body = await answer.text()
      expect(body).toContain('Fault>')
      expect(body).not.toMatch(/\.mjs|\bat /)
      expect((await call('Stamp')).status).toBe(200)
    },
  )

  test('that throws is in the log with its stack', async () => {
    await call('Throws')
    await until(() => /kit: thrown[\s\S]*Throws\.mjs/.test(bus.log()))
  })

  test('that returns a thenable which settles twice counts once', async () => {
    expect((await call('Thenable')).status).toBe(200)
  })

  test('that never answers gives a fault at its deadline', async () => {
    const started = performance.now()
    expect((await call('Hangs')).status).toBe(500)
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  test('that blocks the event loop is named in the log', async () => {
    expect((await call('Blocks')).status).toBe(200)
    await until(() => /Blocks blocked the event loop/.test(bus.log()) && /module Blocks is running/.test(bus.log()))
  })

  test('cannot reach into a message that has moved on', async () => {
    await call('Late')
    await until(() => bus.log().includes('late refused'))
    expect(bus.log()).not.toContain('LATE CHANGED')
  })
})

describe('a module on a thread of its own', () => {
  test('changes the message through copies', async () => {
    const answer = await call('AsideProxy')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('X-Aside')).toBe('hello')
  })

  test('that spins is ended at its deadline while other messages go on, and serves again', async () => {
    const spinning = call('Spins')
    const started = performance.now()
    expect((await call('Stamp')).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(400)
    expect((await spinning).status).toBe(500)
    expect((await call('Spins')).status).toBe(500)
  })
})

describe('while the bus runs', () => {
  test('a changed module answers the next message', async () => {
    write(
      'mediators/Stamp.mjs',
      `export default class Stamp { text = 'two'; mediate(mc) { mc.setHeader('X-Stamp', this.text); return true } }`,
    )
    await until(async () => (await call('Stamp')).headers.get('X-Stamp') === 'two')
  })

  test('a module with a syntax error is refused with file and line, and the old one stays', async () => {
    write('mediators/typed.ts', `export default 1\nconst x = = 2\n`)
    await until(() => /typed\.ts:2:11 error module-failed/.test(bus.log()))
    expect((await call('TypedProxy')).headers.get('X-Typed')).toBe('42')
    write(
      'mediators/typed.ts',
      `import { defineMediator } from 'viaduct'\nexport const alias = ['org.acme.Typed']\nexport default defineMediator({ name: 'typed', namespace: 'urn:t', summary: 't', compile: () => () => 'stop' })`,
    )
    await until(() => /class-unknown|attribute-unknown/.test(bus.log()))
  })

  test('a removed module that a configuration still names is an error that lists what is there', async () => {
    unlinkSync(join(home, 'mediators/Garbage.mjs'))
    await until(() => /class-unknown[^\n]*Garbage/.test(bus.log()))
    expect((await call('Garbage')).status).toBe(500)
  })
})
