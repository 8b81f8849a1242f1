import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { defineArtifact } from './artifact.ts'
import { key, required, string } from './attributes.ts'
import { Bus } from './bus.ts'
import { formatDiagnostic } from './diagnostic.ts'
import { Language } from './language.ts'
import { LiveHome, type LiveHomeOptions, type Outcome } from './live-home.ts'
import { defineMediator, SYNAPSE } from './mediator.ts'
import { createArrival, RecordedLog, testServices } from './testing.ts'
import { TestFolder } from './testing/folder.ts'

/** A language of one page: `main` takes every message; `<say>` answers, `<wait>` waits for a word, `<count>` keeps state. */
function createLanguage() {
  const said: string[] = []
  const waiting = new Map<string, () => void>()
  const events: string[] = []
  const say = defineMediator({
    name: 'say',
    summary: 'Notes a word.',
    attributes: { word: required(string('It.')) },
    compile:
      ({ word }) =>
      () => {
        said.push(word)
        return 'continue'
      },
  })
  const wait = defineMediator({
    name: 'wait',
    summary: 'Waits.',
    attributes: { for: required(string('A word.')) },
    compile: (config) => () => new Promise((resolve) => waiting.set(config.for, () => resolve('continue'))),
  })
  const run = defineMediator({
    name: 'sequence',
    summary: 'Runs a sequence.',
    attributes: { key: required(key('sequence', 'Its name.')) },
    compile:
      ({ key }) =>
      (ctx) =>
        key.get(ctx).mediator(ctx),
  })
  const count = defineMediator({
    name: 'count',
    summary: 'Counts messages in named state.',
    attributes: { as: required(string('Name.')) },
    compile(config, { linker }) {
      const state = linker.state(`count:${config.as}`, '1', () => ({ messages: 0 }))
      return () => {
        said.push(String(++state.messages))
        return 'continue'
      }
    },
  })
  const open = defineMediator({
    name: 'open',
    summary: 'Opens something at the start.',
    attributes: { what: required(string('It.')) },
    compile({ what }, { linker }) {
      linker.onStart(() => {
        if (what === 'fail') throw new Error('the port is taken')
        events.push(`open ${what}`)
      })
      linker.onStop(() => void events.push(`close ${what}`))
      return () => 'continue'
    },
  })
  const sequence = defineArtifact({
    name: 'sequence',
    folders: ['sequences'],
    summary: 'A sequence.',
    attributes: { name: required(string('Name.')) },
    content: 'pipeline',
    compile: ({ name, pipeline = () => 'continue' as const }) => ({ name, mediator: pipeline }),
    entrance(sequences) {
      const receive = sequences.get('main')?.mediator ?? (() => 'continue' as const)
      return { match: () => ({ name: 'main', receive, answer: undefined, fault: () => 'stop' }) }
    },
  })
  const mediators = [say, wait, run, count, open]
  return { language: new Language({ mediators, artifacts: [sequence], pending: new Map() }), said, waiting, events }
}

const main = (content: string) => `<sequence xmlns="${SYNAPSE}" name="main">${content}</sequence>`

async function live(files: Record<string, string>, options: LiveHomeOptions = {}) {
  const folder = new TestFolder(files)
  const { language, said, waiting, events } = createLanguage()
  const bus = new Bus(testServices())
  const outcomes: Outcome[] = []
  let notify = () => {}
  const home = new LiveHome(bus, language, folder.path, {
    cwd: folder.path,
    ...options,
    applied: (outcome) => {
      outcomes.push(outcome)
      notify()
    },
  })
  return {
    folder,
    bus,
    home,
    said,
    waiting,
    events,
    outcomes,
    next: () => new Promise<void>((resolve) => (notify = resolve)),
    /** Sends a message and gives what was said on its way. */
    async ask(): Promise<string> {
      said.length = 0
      const arrival = createArrival()
      bus.dispatch(arrival)
      await arrival.answered
      return said.join(' ')
    },
    get log() {
      return bus.services.log instanceof RecordedLog ? bus.services.log.lines : []
    },
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

const problems = ({ diagnostics }: Outcome) => diagnostics.map(formatDiagnostic)

test('a changed file is live within a second', async () => {
  await using it = await live({ 'sequences/main.xml': main('<say word="old"/>') })
  expect(problems(await it.home.start())).toEqual([])
  await it.home.watch()
  expect(await it.ask()).toBe('old')
  const next = it.next()
  const started = performance.now()
  it.folder.write('sequences/main.xml', main('<say word="new"/>'))
  await next
  expect(performance.now() - started).toBeLessThan(1000)
  expect(await it.ask()).toBe('new')
  expect(it.bus.deployment?.number).toBe(2)
  expect(it.bus.services.metrics.reloads).toBe(1)
})

test('a wrong home is not started and says why', async () => {
  await using it = await live({ 'sequences/main.xml': main('<sai word="x"/>') })
  expect(problems(await it.home.start())).toEqual([
    'sequences/main.xml:1:63 error element-unknown: there is no mediator <sai>; did you mean "say"?',
  ])
  expect(it.bus.deployment).toBeUndefined()
})

test('a wrong file leaves what runs as it is, and every mistake is told once', async () => {
  await using it = await live({
    'sequences/main.xml': main('<say word="old"/>'),
    'sequences/b.xml': main('').replace('main', 'b'),
  })
  await it.home.start()
  await it.home.watch()
  let next = it.next()
  it.folder.write('sequences/main.xml', main('<sai/><say/>'))
  it.folder.write('sequences/b.xml', 'half <')
  await next
  expect(await it.ask()).toBe('old')
  expect(it.outcomes).toHaveLength(1)
  expect(it.home.refused.map(formatDiagnostic)).toEqual([
    expect.stringMatching(/^sequences\/b\.xml:1:1 error xml-malformed/),
    'sequences/main.xml:1:63 error element-unknown: there is no mediator <sai>; did you mean "say"?',
    'sequences/main.xml:1:69 error attribute-missing: <say> needs the attribute "word"',
  ])
  // Touching a wrong file is no change, so nothing is told again.
  it.folder.write('sequences/b.xml', 'half <')
  await setTimeout(900)
  expect(it.outcomes).toHaveLength(1)
  expect(it.bus.services.metrics.reloadsRefused).toBe(1)
  next = it.next()
  it.folder.write('sequences/main.xml', main('<say word="mended"/>'))
  it.folder.remove('sequences/b.xml')
  await next
  expect(await it.ask()).toBe('mended')
  expect(it.home.refused).toEqual([])
  expect(it.log.filter((line) => line.includes('refused'))).toHaveLength(1)
})

test('a file that is empty for a moment is not told as wrong', async () => {
  await using it = await live({ 'sequences/main.xml': main('<say word="old"/>') })
  await it.home.start()
  await it.home.watch()
  const next = it.next()
  it.folder.write('sequences/main.xml', '')
  await setTimeout(280)
  it.folder.write('sequences/main.xml', main('<say word="new"/>'))
  await next
  expect(it.outcomes.map(problems)).toEqual([[]])
  expect(await it.ask()).toBe('new')
})

test('several files are one change: never a part of it', async () => {
  const other = (word: string) => main(`<say word="${word}"/>`).replace('main', 'other')
  await using it = await live({
    'sequences/main.xml': main('<say word="1"/><sequence key="other"/>'),
    'sequences/other.xml': other('1'),
  })
  await it.home.start()
  await it.home.watch()
  const next = it.next()
  it.folder.write('sequences/main.xml', main('<say word="2"/><sequence key="other"/>'))
  it.folder.write('sequences/other.xml', other('2'))
  await next
  expect(await it.ask()).toBe('2 2')
  expect(it.outcomes).toHaveLength(1)
})

test('a deleted file that others need is refused', async () => {
  await using it = await live({
    'sequences/main.xml': main('<sequence key="other"/>'),
    'sequences/other.xml': main('<say word="other"/>').replace('main', 'other'),
  })
  await it.home.start()
  await it.home.watch()
  const next = it.next()
  it.folder.remove('sequences/other.xml')
  await next
  expect(it.outcomes.map(problems)).toEqual([
    ['sequences/main.xml:1:78 error reference-unresolved: there is no sequence "other"'],
  ])
  expect(await it.ask()).toBe('other')
})

test('a message finishes in the configuration it started in', async () => {
  await using it = await live({ 'sequences/main.xml': main('<wait for="go"/><say word="old"/>') })
  await it.home.start()
  const slow = createArrival()
  it.bus.dispatch(slow)
  it.folder.write('sequences/main.xml', main('<say word="new"/>'))
  await it.home.reload()
  expect(await it.ask()).toBe('new')
  it.waiting.get('go')?.()
  await slow.answered
  expect(it.said).toEqual(['new', 'old'])
})

test('what a deployment opens is open before it takes messages and closed after its last one', async () => {
  await using it = await live({ 'sequences/main.xml': main('<open what="a"/><wait for="go"/>') })
  await it.home.start()
  const slow = createArrival()
  it.bus.dispatch(slow)
  it.folder.write('sequences/main.xml', main('<open what="b"/>'))
  await it.home.reload()
  expect(it.events).toEqual(['open a', 'open b'])
  it.waiting.get('go')?.()
  await slow.answered
  await setTimeout(10)
  expect(it.events).toEqual(['open a', 'open b', 'close a'])
})

test('a deployment that cannot start is closed again and refused', async () => {
  await using it = await live({ 'sequences/main.xml': main('<say word="old"/>') })
  await it.home.start()
  it.folder.write('sequences/main.xml', main('<open what="a"/><open what="fail"/>'))
  expect(problems(await it.home.reload())).toEqual([`${it.folder.path}:1:1 error start-failed: the port is taken`])
  expect([it.events[0], it.events.at(-1)]).toEqual(['open a', 'close a'])
  expect(await it.ask()).toBe('old')
})

test('state is kept by name as long as somebody asks for it', async () => {
  await using it = await live({ 'sequences/main.xml': main('<count as="a"/>') })
  await it.home.start()
  expect([await it.ask(), await it.ask()]).toEqual(['1', '2'])
  it.folder.write('sequences/main.xml', main('<say word="x"/><count as="a"/>'))
  await it.home.reload()
  expect(await it.ask()).toBe('x 3')
  it.folder.write('sequences/main.xml', main(''))
  await it.home.reload()
  it.folder.write('sequences/main.xml', main('<count as="a"/>'))
  await it.home.reload()
  expect(await it.ask()).toBe('1')
})

test('state that an older deployment still uses is kept until that one has ended', async () => {
  await using it = await live({ 'sequences/main.xml': main('<count as="a"/><wait for="go"/>') })
  await it.home.start()
  const slow = createArrival()
  it.bus.dispatch(slow)
  it.folder.write('sequences/main.xml', main(''))
  await it.home.reload()
  it.folder.write('sequences/main.xml', main('<count as="a"/>'))
  await it.home.reload()
  expect(await it.ask()).toBe('2')
  it.waiting.get('go')?.()
  await slow.answered
})

test('settings take part: a wrong one refuses the change, a right one holds for new messages', async () => {
  await using it = await live({ 'sequences/main.xml': main('') })
  await it.home.start()
  it.folder.write('viaduct.config.json', '{ "limits": { "depht": 5 } }')
  expect(problems(await it.home.reload())).toEqual([
    'viaduct.config.json:1:15 error setting-invalid: there is no setting "limits.depht"; did you mean "depth"?',
  ])
  it.folder.write('viaduct.config.json', '{ "limits": { "depth": 5 } }')
  await it.home.reload()
  expect(it.bus.deployment?.services.settings.limits.depth).toBe(5)
  expect(it.log.filter((line) => line.includes('change at the next start only'))).toHaveLength(1)
})

test('a home that has vanished leaves what runs as it is', async () => {
  await using it = await live({ 'sequences/main.xml': main('<say word="old"/>') })
  await it.home.start()
  it.folder.remove('.')
  const [problem] = problems(await it.home.reload())
  expect(problem).toContain('error home-empty')
  expect(await it.ask()).toBe('old')
})

test('modules are loaded, replaced and removed with the home', async () => {
  const module = (word: string) =>
    `export default function stamp(ctx) { ctx.properties.set('default', 'stamp', '${word}'); }`
  await using it = await live({ 'sequences/main.xml': main('<say word="x"/>'), 'mediators/stamp.js': module('1') })
  await it.home.start()
  await it.home.watch()
  let next = it.next()
  it.folder.write('mediators/stamp.js', module('2'))
  await next
  next = it.next()
  it.folder.write('mediators/stamp.js', 'export default 42')
  await next
  next = it.next()
  it.folder.remove('mediators/stamp.js')
  await next
  expect(it.outcomes.map(({ deployment }) => deployment?.number)).toEqual([2, undefined, 3])
  expect(it.outcomes.map(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual([[], ['module-failed'], []])
})

test('three hundred changes under load lose no message', async () => {
  await using it = await live({ 'sequences/main.xml': main('<say word="0"/>') })
  await it.home.start()
  let answered = 0
  const end = new AbortController()
  const load = async () => {
    while (!end.signal.aborted) {
      const arrival = createArrival()
      it.bus.dispatch(arrival)
      const { status } = await arrival.answered
      expect(status).toBe(202)
      answered++
      await setTimeout(0)
    }
  }
  const clients = [load(), load(), load()]
  for (let i = 1; i <= 300; i++) {
    it.folder.write('sequences/main.xml', main(`<say word="${i}"/>`))
    await it.home.reload()
  }
  end.abort()
  await Promise.all(clients)
  expect(answered).toBeGreaterThan(300)
  expect(await it.ask()).toBe('300')
  expect(it.bus.deployment?.number).toBe(301)
})
