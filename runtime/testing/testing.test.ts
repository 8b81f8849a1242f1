import { defineArtifact, Headers, required, string } from 'viaduct'
import {
  compileElement,
  compileMediators,
  createContext,
  createDeployment,
  createMarks,
  deliver,
  RecordedLog,
  TestPlatform,
  testServices,
} from 'viaduct/testing'
import { expect, test } from 'vitest'

test('compileMediators reports places in the snippet as it was given', () => {
  const { definition } = createMarks()
  const { diagnostics, found } = compileMediators('<mark/>\n  <mark nme="a"\n    name="b"/>\n<marc/>', {
    mediators: [definition],
  })
  expect(diagnostics).toEqual([
    'test.xml:1:1 error attribute-missing: <mark> needs the attribute "name"',
    'test.xml:2:9 warning attribute-unknown: <mark> has no attribute "nme"; did you mean "name"?',
    'test.xml:4:1 error element-unknown: there is no mediator <marc>; did you mean "mark"?',
  ])
  expect(found.map(({ code }) => code)).toEqual(['attribute-missing', 'attribute-unknown', 'element-unknown'])
})

test('compileMediators reports markup that is not well-formed', () => {
  expect(compileMediators('<a>\n<b></a>').diagnostics).toEqual([
    expect.stringMatching(/^test\.xml:2:\d+ error xml-malformed: /),
  ])
})

test('compileMediators tells where a fault was raised', async () => {
  const { definition } = createMarks()
  const { mediator } = compileMediators('<mark name="a"/>\n <mark name="boom" flow="fault"/>', {
    mediators: [definition],
  })
  await expect(async () => mediator(createContext())).rejects.toMatchObject({
    message: 'boom',
    at: { file: 'test.xml', line: 2, column: 2 },
  })
})

test('compileElement compiles what is no mediator and collects what it wants to start', async () => {
  const started: string[] = []
  const thing = defineArtifact({
    name: 'thing',
    folders: ['things'],
    summary: 'A thing.',
    attributes: { name: required(string('Name.')) },
    compile({ name }, { linker }) {
      linker.onStart(() => void started.push(name))
      return { name }
    },
  })
  const { value, diagnostics, started: start } = compileElement(thing, '<thing name="a"/>')
  expect(diagnostics).toEqual([])
  expect(value).toEqual({ name: 'a' })
  for (const step of start) await step()
  expect(started).toEqual(['a'])
})

test('deliver runs a whole exchange and gives what the client sees', async () => {
  const answered = await deliver(
    (ctx) => {
      void ctx.exchange.respond(ctx)
      return 'stop'
    },
    { body: '<a/>', contentType: 'application/xml' },
  )
  expect(answered.status).toBe(200)
  expect(answered.text).toBe('<a/>')
  expect(answered.headers).toBeInstanceOf(Headers)
  const accepted = await deliver(() => 'continue')
  expect(accepted.status).toBe(202)
})

test('a context shows the log and the arrival, and a deployment finds what it was given', () => {
  const deployment = createDeployment({
    resources: { 'conf:/a': 'text' },
    services: testServices({ environment: (name) => (name === 'A' ? '1' : undefined) }),
  })
  const ctx = createContext({ deployment, target: '/x?y=1', method: 'PUT' })
  ctx.log('INFO', 'test', 'hello')
  expect(ctx.lines).toEqual(['INFO hello'])
  expect(ctx.arrival.target).toBe('/x?y=1')
  expect(ctx.deployment.resource('conf:/a')?.bytes.toString()).toBe('text')
  expect(ctx.services.environment('A')).toBe('1')
  ctx.arrival.close()
})

test('the platform repeats itself and the clock stands still', () => {
  const [a, b] = [new TestPlatform(), new TestPlatform()]
  expect([a.uuid(), a.uuid(), a.random()]).toEqual([b.uuid(), b.uuid(), b.random()])
  const before = a.now()
  a.advance(1000)
  expect(a.now() - before).toBe(1000)
  expect(a.monotonic()).toBe(1000)
})

test('a recorded log leaves out what is below its level', () => {
  const log = new RecordedLog('WARN')
  log.log('INFO', 'x', 'no')
  log.log('ERROR', 'x', 'yes')
  expect(log.lines).toEqual(['ERROR yes'])
})
