import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type AnyMediatorDefinition, defineArtifact } from './artifact.ts'
import { key, parameter, required, string, value } from './attributes.ts'
import { lazy } from './definitions.ts'
import { formatDiagnostic } from './diagnostic.ts'
import type { Route } from './route.ts'
import { defineFacility, type FacilityMap } from './facility.ts'
import { Fault } from './fault.ts'
import { Headers } from './headers.ts'
import { Language } from './language.ts'
import type { Resource } from './linker.ts'
import { load, type LoadOptions } from './loader.ts'
import { defineMediator, SYNAPSE } from './mediator.ts'
import { Message } from './message.ts'
import { child, children } from './schema.ts'
import { createArrival, createContext, createMarks, testServices } from './testing.ts'
import type { Sender } from './transport.ts'
import { ELEMENT, TEXT, type XmlElement } from './xml/index.ts'

const { definition: mark, passed } = createMarks()

const run = defineMediator({
  name: 'run',
  summary: 'Runs a sequence.',
  attributes: { key: required(key('sequence', 'Its name.')) },
  compile:
    ({ key }) =>
    (ctx) =>
      key.get(ctx).mediator(ctx),
})
const call = defineMediator({
  name: 'call',
  summary: 'Runs a template.',
  attributes: { target: required(key('template', 'Its name.')) },
  compile:
    ({ target }) =>
    (ctx) =>
      target.get(ctx).mediator(ctx),
})
const perhaps = defineMediator({
  name: 'perhaps',
  summary: 'May run what is in it.',
  content: 'pipeline',
  compile:
    ({ pipeline }) =>
    (ctx) =>
      pipeline?.(ctx) ?? 'continue',
})
const text = defineMediator({
  name: 'text',
  summary: 'Marks the text of a resource.',
  attributes: { from: required(string('Key.')), value: value('Unused.') },
  compile({ from }, site) {
    const found = site.linker.resource(from)
    if (found === undefined) site.fail('resource-unreadable', `${from} is not there`)
    return () => {
      passed.push(found?.bytes.toString() ?? '')
      return 'continue'
    }
  },
})
const javaClass = defineMediator({
  name: 'class',
  summary: 'A module.',
  attributes: { name: required(string('Its name.')) },
  compile({ name }, { linker, at }) {
    linker.module(name, at)
    return () => 'continue'
  },
})
const broken = defineMediator({
  name: 'broken',
  summary: 'Cannot be set up.',
  compile() {
    throw new Error('no luck')
  },
})

const localEntry = defineArtifact({
  name: 'localEntry',
  nameAttribute: 'key',
  folders: ['local-entries'],
  summary: 'An entry.',
  attributes: { key: required(string('Name.')), src: string('URL.') },
  content: 'xml',
  compile({ key, src, node }, site) {
    const remote = src === undefined ? undefined : site.linker.resource(src)
    if (src !== undefined && remote === undefined) site.fail('resource-unreadable', `${src} cannot be read`)
    const element = node.children.find((each): each is XmlElement => each.type === ELEMENT)
    const text =
      remote?.bytes.toString() ?? node.children.map((each) => (each.type === TEXT ? each.value : '')).join('')
    return { key, text, element, file: site.at.file }
  },
})
const sequence = defineArtifact({
  name: 'sequence',
  folders: ['sequences'],
  summary: 'A sequence.',
  attributes: { name: required(string('Name.')), onError: key('sequence', 'Handler.') },
  content: 'pipeline',
  compile: ({ name, pipeline = () => 'continue' as const }) => ({ name, mediator: pipeline }),
})
const template = defineArtifact({
  name: 'template',
  kindOf: (element) =>
    element.children.some((each) => each.type === ELEMENT && each.name === 'endpoint')
      ? 'endpointTemplate'
      : 'template',
  folders: ['templates'],
  summary: 'A template.',
  attributes: { name: required(string('Name.')) },
  children: {
    sequence: child('sequence', 'Body.', { content: 'pipeline' }),
    endpoint: child('endpoint', 'Endpoint.', { content: 'xml' }),
  },
  compile: ({ name, sequence }) => ({
    name,
    parameters: [],
    mediator: sequence?.pipeline ?? (() => 'continue' as const),
  }),
})
const endpoint = defineArtifact({
  name: 'endpoint',
  folders: ['endpoints'],
  summary: 'An endpoint.',
  attributes: { name: string('Name.') },
  children: {
    address: child('address', 'One.', { attributes: { uri: required(parameter('Where.')) } }),
    member: children('member', 'Other.', { attributes: { key: required(key('endpoint', 'Name.')) } }),
  },
  compile: ({ name = '' }) => ({ name, ready: () => true, call: () => Promise.resolve(undefined) }),
})

const language = new Language({
  mediators: [mark, run, call, perhaps, text, javaClass, broken],
  artifacts: [sequence, template, endpoint, localEntry],
  pending: new Map([['task', 'wait']]),
})

/** A sender that asks the real network. */
const webSender: Sender = {
  schemes: ['http'],
  async send({ url, method }) {
    const answer = await fetch(url, { method })
    const message = Message.ofBytes(Buffer.from(await answer.arrayBuffer()), new Headers())
    return { status: answer.status, reason: answer.statusText, message }
  },
}

/** Lines and columns from the second line on are those of `xml`. */
const definitions = (xml: string) => `<definitions xmlns="${SYNAPSE}">\n${xml.replace(/^\n/, '')}</definitions>`

/** Loads files; each is wrapped in <definitions> unless it has a namespace. */
async function loadFiles(
  files: string | Record<string, string>,
  options: LoadOptions = {},
  parts = language,
  services = testServices(),
) {
  const named = typeof files === 'string' ? { 'test.xml': files } : files
  const sources = Object.entries(named).map(([file, xml]) => ({
    file,
    bytes: Buffer.from(xml.includes('xmlns') || xml === '' ? xml : definitions(xml)),
  }))
  const { deployment, diagnostics, remote } = await load(sources, parts, services, options)
  return { deployment, problems: diagnostics.map(formatDiagnostic), remote }
}

const resources =
  (texts: Record<string, string>) =>
  (key: string): Resource | undefined => {
    const content = Object.hasOwn(texts, key) ? texts[key] : undefined
    return content === undefined
      ? undefined
      : { key, file: `registry/${key}`, bytes: Buffer.from(content), mediaType: undefined, properties: new Map() }
  }

/** Runs a sequence of a deployment and gives the marks it passed. */
async function marksOf(loaded: Awaited<ReturnType<typeof loadFiles>>, name = 'main'): Promise<string[]> {
  expect(loaded.problems).toEqual([])
  const { deployment } = loaded
  if (deployment === undefined) throw new Error('nothing was deployed')
  passed.length = 0
  await deployment.find('sequence', name)?.mediator(createContext({ deployment }))
  return [...passed]
}

describe('files', () => {
  test('<definitions> holds artifacts, and one file may hold one artifact', async () => {
    const loaded = await loadFiles({
      'a.xml': '<registry provider="x"/><taskManager/><description>Mine</description><sequence name="a"/>',
      'b.xml': `<sequence xmlns="${SYNAPSE}" name="b"/>`,
    })
    expect(loaded.problems).toEqual([])
    expect([...(loaded.deployment?.all('sequence').keys() ?? [])]).toEqual(['a', 'b'])
  })

  test('all mistakes of all files are found in one run, in order', async () => {
    const { deployment, problems } = await loadFiles({
      'a.xml': '',
      'b.xml': '<sequence name="a"',
      'c.xml': `<definitions xmlns="${SYNAPSE}">
  <sequense name="a"/>
  <task name="t"/>
  <mark name="m"/>
  <sequence/>
  <sequence name="ok"><marc/><mark/></sequence>
  text
</definitions>`,
      'd.xml': '<sequence xmlns="urn:other" name="a"/>',
      'e.xml': '<x xmlns=""/>',
    })
    expect(deployment).toBeUndefined()
    expect(problems).toEqual([
      'a.xml:1:1 error xml-malformed: the file is empty',
      expect.stringMatching(/^b\.xml:2:19 error xml-malformed: /),
      'c.xml:1:1 error text-invalid: <definitions> holds no text, but "text" stands in it',
      'c.xml:2:3 error element-unknown: there is no artifact <sequense>; did you mean "sequence"?',
      'c.xml:3:3 error element-unsupported: <task> is not supported yet: wait',
      'c.xml:4:3 error element-unknown: <mark> is a mediator; it has to stand inside a <sequence>',
      'c.xml:5:3 error attribute-missing: <sequence> needs the attribute "name"',
      'c.xml:6:23 error element-unknown: there is no mediator <marc>; did you mean "mark"?',
      'c.xml:6:30 error attribute-missing: <mark> needs the attribute "name"',
      `d.xml:1:1 error element-unknown: there is no artifact <sequence> in the namespace "urn:other"; Synapse elements need xmlns="${SYNAPSE}"`,
      `e.xml:1:1 error element-unknown: there is no artifact <x> in no namespace; Synapse elements need xmlns="${SYNAPSE}"`,
    ])
  })

  test.each(['../../evil', 'a/../b', '..', 'a\\..\\b', '', ' ', 'a&#10;b'])('%j is no name', async (name) => {
    const { problems } = await loadFiles(`<sequence name="${name}"/>`)
    expect(problems).toEqual([expect.stringContaining('error attribute-invalid: name=')])
  })

  test('names that objects have are names like others', async () => {
    const loaded = await loadFiles(
      '<sequence name="__proto__"><mark name="p"/></sequence><sequence name="constructor"/>',
    )
    expect(await marksOf(loaded, '__proto__')).toEqual(['p'])
    expect(loaded.deployment?.find('sequence', 'toString')).toBeUndefined()
  })

  test('sequences, endpoints, local entries and templates share one space of names', async () => {
    const { problems } = await loadFiles({
      'a.xml': '<sequence name="a"/><localEntry key="b">x</localEntry>',
      'b.xml': '<endpoint name="a"/>\n<template name="b"><sequence/></template><sequence name="a"/>',
    })
    expect(problems).toEqual([
      'b.xml:2:17 error name-duplicate: the name "a" of this endpoint is taken by the sequence at a.xml:2:17',
      'b.xml:3:17 error name-duplicate: the name "b" of this template is taken by the local entry at a.xml:2:38',
      'b.xml:3:58 error name-duplicate: the name "a" of this sequence is taken by the sequence at a.xml:2:17',
    ])
  })

  test('warnings do not keep an artifact from being deployed, unless they are made errors', async () => {
    const xml = '<sequence name="main"><mark name="m" nmae="x"/></sequence>'
    const warned = await loadFiles(xml)
    expect(warned.problems).toEqual([
      'test.xml:2:38 warning attribute-unknown: <mark> has no attribute "nmae"; did you mean "name"?',
    ])
    expect(warned.deployment?.find('sequence', 'main')).toBeDefined()
    expect((await loadFiles(xml, { strict: true })).deployment).toBeUndefined()
  })

  test('what was found wrong before refuses the deployment too', async () => {
    const at = { file: 'viaduct.config.json', line: 1, column: 1, endLine: 1, endColumn: 1 }
    const found = [{ code: 'setting-invalid', severity: 'error', message: 'no', at }] as const
    expect((await loadFiles('<sequence name="a"/>', { found })).deployment).toBeUndefined()
  })

  test('a definition that throws is a diagnostic at its element', async () => {
    expect((await loadFiles('<sequence name="a"><broken/></sequence>')).problems).toEqual([
      'test.xml:2:20 error module-failed: <broken> cannot be set up: no luck',
    ])
  })

  test('root-without-namespace: the root of a file of one artifact may lack its namespace, nothing else may', async () => {
    const entry = '<localEntry key="e" xmlns=""><a/></localEntry>'
    const loaded = await loadFiles({
      'e.xml': entry,
      's.xml': '<sequence name="main" xmlns=""><mark name="m"/></sequence>',
    })
    expect(loaded.problems).toEqual([
      `s.xml:1:32 error element-unknown: there is no mediator <mark> in no namespace; Synapse elements need xmlns="${SYNAPSE}"`,
    ])
  })

  test('defaults stand in for what a home does not bring', async () => {
    const defaults = [
      {
        file: 'default:main.xml',
        bytes: Buffer.from(definitions('<sequence name="main"><mark name="default"/></sequence>')),
      },
    ]
    const parts = new Language({ mediators: [mark], artifacts: [sequence], pending: new Map(), defaults })
    expect(await marksOf(await loadFiles('<sequence name="a"/>', {}, parts))).toEqual(['default'])
    const own = '<sequence name="main"><mark name="own"/></sequence>'
    expect(await marksOf(await loadFiles(own, {}, parts))).toEqual(['own'])
  })
})

describe('definitions that are listed to be loaded', () => {
  const listed = (loads: string[]) => {
    const loading = (definition: AnyMediatorDefinition) =>
      lazy(definition.name, () => Promise.resolve((loads.push(definition.name), definition)))
    return new Language({
      mediators: [loading(mark), loading(run), loading(call), loading(broken)],
      artifacts: [sequence, template, localEntry],
      pending: new Map(),
    })
  }

  test('are loaded when a file names them, each once, and no others', async () => {
    const loads: string[] = []
    const parts = listed(loads)
    const xml =
      '<sequence name="main"><mark name="a"/><run key="b"/></sequence><sequence name="b"><mark name="b"/></sequence>'
    expect(await marksOf(await loadFiles(xml, {}, parts))).toEqual(['a', 'b'])
    expect(await marksOf(await loadFiles(xml, {}, parts))).toEqual(['a', 'b'])
    expect(loads.toSorted()).toEqual(['mark', 'run'])
  })

  test('are loaded when a resource that a file names has them', async () => {
    const loads: string[] = []
    const resource = resources({ far: `<sequence xmlns="${SYNAPSE}" name="far"><mark name="far"/></sequence>` })
    const loaded = await loadFiles('<sequence name="main"><run key="far"/></sequence>', { resource }, listed(loads))
    expect(await marksOf(loaded)).toEqual(['far'])
    expect(loads).toEqual(['run', 'mark'])
  })

  test('are loaded however many resources lie between', async () => {
    const steps = [mark, run, call, broken, perhaps, text].map((each, i) => ({ ...each, name: `step${i}` }))
    const parts = new Language({
      mediators: [
        mark,
        run,
        ...steps.map((each) => lazy(each.name, () => Promise.resolve({ ...mark, name: each.name }))),
      ],
      artifacts: [sequence],
      pending: new Map(),
    })
    const texts = steps.map(({ name }, i) => [
      `r${i}`,
      `<sequence xmlns="${SYNAPSE}" name="r${i}"><${name} name="${i}"/>${i < 5 ? `<run key="r${i + 1}"/>` : ''}</sequence>`,
    ])
    const resource = resources(Object.fromEntries(texts))
    const loaded = await loadFiles('<sequence name="main"><run key="r0"/></sequence>', { resource }, parts)
    expect(await marksOf(loaded)).toEqual(['0', '1', '2', '3', '4', '5'])
  })

  test('are all there for what a computed name may find', async () => {
    const loads: string[] = []
    const resource = resources({ far: `<sequence xmlns="${SYNAPSE}" name="far"><mark name="far"/></sequence>` })
    const xml = `<sequence name="main"><run key="{'far'}"/></sequence>`
    const loaded = await loadFiles(xml, { resource }, listed(loads))
    expect(loads.toSorted()).toEqual(['broken', 'call', 'mark', 'run'])
    expect(await marksOf(loaded)).toEqual(['far'])
  })

  test('are suggested, and told from artifacts, without being loaded', async () => {
    const loads: string[] = []
    const { problems } = await loadFiles('<sequence name="a"><marc/></sequence><call/>', {}, listed(loads))
    expect(problems).toEqual([
      'test.xml:2:20 error element-unknown: there is no mediator <marc>; did you mean "mark"?',
      'test.xml:2:38 error element-unknown: <call> is a mediator; it has to stand inside a <sequence>',
    ])
    expect(loads).toEqual([])
  })

  test('may be facilities, which whoever is compiled asks for', async () => {
    const loads: string[] = []
    const asks = defineMediator({
      name: 'asks',
      summary: 'Asks for a facility.',
      compile: (_, site) => {
        const mail = site.linker.facility('mail')
        if (mail === undefined) site.fail('element-unsupported', 'there is no mail here')
        return () => 'continue'
      },
    })
    const mail = defineFacility({
      name: 'mail',
      summary: 'Mail.',
      create: () => ({ send: () => Promise.reject(new Error('nobody sends')) }) as unknown as FacilityMap['mail'],
    })
    const parts = new Language({
      mediators: [asks, mark],
      artifacts: [sequence],
      pending: new Map(),
      facilities: [{ name: 'mail', load: () => Promise.resolve((loads.push('mail'), mail)) }],
    })
    expect((await loadFiles('<sequence name="main"><mark name="m"/></sequence>', {}, parts)).problems).toEqual([])
    expect(loads).toEqual([])
    expect((await loadFiles('<sequence name="main"><asks/></sequence>', {}, parts)).problems).toEqual([])
    expect(loads).toEqual(['mail'])
  })

  test('load the same for two homes at once', async () => {
    const parts = listed([])
    const xml = '<sequence name="main"><mark name="a"/></sequence>'
    const loaded = await Promise.all([1, 2, 3].map(() => loadFiles(xml, {}, parts)))
    for (const each of loaded) expect(await marksOf(each)).toEqual(['a'])
  })
})

describe('references', () => {
  test('lead to artifacts of any file, in any order', async () => {
    const loaded = await loadFiles({
      'a.xml': '<sequence name="main"><run key="b"/><call target="t"/></sequence>',
      'b.xml':
        '<sequence name="b"><mark name="b"/></sequence><template name="t"><sequence><mark name="t"/></sequence></template>',
    })
    expect(await marksOf(loaded)).toEqual(['b', 't'])
  })

  test('that lead nowhere are reported at the value, with what may have been meant', async () => {
    const { problems } = await loadFiles(`
<sequence name="orders"><run key="oders"/></sequence>
<sequence name="x"><run key="nothing-like-it"/><call target="orders"/></sequence>
<sequence name="y" onError="orderz"/>
<endpoint name="e"><member key="f"/></endpoint>`)
    expect(problems).toEqual([
      'test.xml:2:35 error reference-unresolved: there is no sequence "oders"; did you mean "orders"?',
      'test.xml:3:30 error reference-unresolved: there is no sequence "nothing-like-it"',
      'test.xml:3:62 error reference-unresolved: there is no template "orders"; "orders" is a sequence',
      'test.xml:4:29 error reference-unresolved: there is no sequence "orderz"; did you mean "orders"?',
      'test.xml:5:33 error reference-unresolved: there is no endpoint "f"; did you mean "e"?',
    ])
  })

  test('to what a malformed file seems to hold are not reported beside its mistake', async () => {
    const { deployment, problems } = await loadFiles({
      'a.xml': '<sequence name="main"><run key="b"/><run key="c"/><run key="d"/></sequence>',
      'b.xml': `<sequence name="b"><marc><mark/></mark></sequence>`,
      'c.xml': `<sequence name='c'>`,
    })
    expect(deployment).toBeUndefined()
    expect(problems).toEqual([
      'a.xml:2:61 error reference-unresolved: there is no sequence "d"',
      expect.stringMatching(/^b\.xml:2:\d+ error xml-malformed: /),
      expect.stringMatching(/^c\.xml:2:\d+ error xml-malformed: /),
    ])
  })

  test('that lead nowhere are warnings where settings say so, and faults when a message comes', async () => {
    const services = testServices()
    const late = { ...services, settings: { ...services.settings, references: 'late' as const } }
    const { deployment, problems } = await loadFiles(
      '<sequence name="main"><run key="b"/></sequence>',
      {},
      language,
      late,
    )
    expect(problems).toEqual(['test.xml:2:33 warning reference-late: there is no sequence "b"'])
    expect(() => deployment?.find('sequence', 'main')?.mediator(createContext({ deployment }))).toThrow(
      expect.objectContaining({ code: 'sequence-not-found', message: 'there is no sequence "b"' }),
    )
  })

  test('to an artifact that is wrong itself are not reported again', async () => {
    const { problems } = await loadFiles(
      '<sequence name="a"><mark/></sequence><sequence name="b"><run key="a"/></sequence>',
    )
    expect(problems).toEqual(['test.xml:2:20 error attribute-missing: <mark> needs the attribute "name"'])
  })

  test('may lead to a local entry that holds the artifact', async () => {
    const loaded = await loadFiles(
      '<localEntry key="s"><sequence name="inner"><mark name="entry"/></sequence></localEntry><sequence name="main"><run key="s"/></sequence>',
    )
    expect(await marksOf(loaded)).toEqual(['entry'])
  })

  test('to a local entry that holds something else are wrong', async () => {
    const { problems } = await loadFiles(`<localEntry key="s"><endpoint/></localEntry>
<localEntry key="t">text</localEntry>
<sequence name="main"><run key="s"/><run key="t"/></sequence>`)
    expect(problems).toEqual([
      'test.xml:4:33 error reference-unresolved: "s" holds <endpoint>, which is no sequence',
      'test.xml:4:47 error reference-unresolved: there is no sequence "t"; "t" is a local entry',
    ])
  })

  test('may lead to the registry, whose files are compiled with their own places', async () => {
    const resource = resources({
      'conf:/good.xml': `<sequence xmlns="${SYNAPSE}" name="x"><mark name="registry"/><run key="gov:/next.xml"/></sequence>`,
      'gov:/next.xml': `<sequence xmlns="${SYNAPSE}" name="y"><mark name="next"/></sequence>`,
      'conf:/bad.xml': `<sequence xmlns="${SYNAPSE}" name="x">\n<mark/></sequence>`,
      'conf:/malformed.xml': '<sequence',
      'conf:/other.xml': `<endpoint xmlns="${SYNAPSE}"/>`,
    })
    const xml = '<sequence name="main"><run key="conf:/good.xml"/><run key="conf:/good.xml"/></sequence>'
    expect(await marksOf(await loadFiles(xml, { resource }))).toEqual(['registry', 'next', 'registry', 'next'])
    const { problems } = await loadFiles(
      `<sequence name="main">
<run key="conf:/bad.xml"/>
<run key="conf:/malformed.xml"/>
<run key="conf:/other.xml"/>
<run key="conf:/none.xml"/></sequence>`,
      { resource },
    )
    expect(problems).toEqual([
      'registry/conf:/bad.xml:2:1 error attribute-missing: <mark> needs the attribute "name"',
      expect.stringMatching(/^registry\/conf:\/malformed\.xml:1:\d+ error xml-malformed/),
      'test.xml:5:11 error reference-unresolved: "conf:/other.xml" holds <endpoint>, which is no sequence',
      'test.xml:6:11 error reference-unresolved: there is no sequence "conf:/none.xml"',
    ])
  })

  test('by a computed name are looked up for every message', async () => {
    const resource = resources({
      'gov:/r.xml': `<sequence xmlns="${SYNAPSE}" name="x"><mark name="registry"/></sequence>`,
    })
    const loaded = await loadFiles(
      `<sequence name="a"><mark name="a"/></sequence><localEntry key="l"><sequence name="x"><mark name="entry"/></sequence></localEntry>
       <sequence name="main"><run key="{'a'}"/><run key="{'l'}"/><run key="{'gov:/r.xml'}"/><run key="{'gov:/r.xml'}"/></sequence>`,
      { resource },
    )
    expect(await marksOf(loaded)).toEqual(['a', 'entry', 'registry', 'registry'])
  })

  test('by a computed name that leads nowhere are faults, with mistakes of the found file as cause', async () => {
    const resource = resources({ 'gov:/bad.xml': `<sequence xmlns="${SYNAPSE}" name="x"><mark/></sequence>` })
    const { deployment } = await loadFiles(
      `<sequence name="none"><run key="{'none-such'}"/></sequence><sequence name="bad"><run key="{'gov:/bad.xml'}"/></sequence>`,
      { resource },
    )
    const faultOf = (name: string): Fault => {
      try {
        void deployment?.find('sequence', name)?.mediator(createContext({ deployment }))
      } catch (thrown) {
        return Fault.from(thrown)
      }
      throw new Error('there was no fault')
    }
    expect(faultOf('none')).toMatchObject({ code: 'sequence-not-found', message: 'there is no sequence "none-such"' })
    expect(faultOf('bad')).toMatchObject({ code: 'sequence-not-found', message: 'there is no sequence "gov:/bad.xml"' })
    expect(String(faultOf('bad').cause)).toContain('registry/gov:/bad.xml:1:60 error attribute-missing')
  })
})

describe('circles', () => {
  test('that nothing leaves are errors with the whole chain', async () => {
    const { problems } = await loadFiles(`
<sequence name="a"><mark name="x"/><run key="b"/></sequence>
<sequence name="b"><run key="c"/></sequence>
<sequence name="c"><run key="a"/></sequence>
<sequence name="self"><run key="self"/></sequence>
<template name="t"><sequence><call target="t"/></sequence></template>
<endpoint name="e"><member key="e"/></endpoint>`)
    expect(problems).toEqual([
      'test.xml:2:46 error sequence-cycle: a → b → c → a: no message would ever leave this circle',
      'test.xml:5:33 error sequence-cycle: self → self: no message would ever leave this circle',
      'test.xml:6:44 error sequence-cycle: t → t: no message would ever leave this circle',
      'test.xml:7:33 error sequence-cycle: e → e: no message would ever leave this circle',
    ])
  })

  test('that a branch can leave are warnings: recursion may end', async () => {
    const { deployment, problems } = await loadFiles(`
<sequence name="a"><run key="b"/></sequence>
<sequence name="b"><perhaps><run key="a"/></perhaps></sequence>
<sequence name="h" onError="h"/>
<template name="t"><sequence><perhaps><call target="t"/></perhaps></sequence></template>`)
    expect(deployment).toBeDefined()
    expect(problems).toEqual([
      'test.xml:2:30 warning sequence-recursion: a → b → a: this circle ends only where a branch leaves it',
      'test.xml:4:29 warning sequence-recursion: h → h: this circle ends only where a branch leaves it',
      'test.xml:5:53 warning sequence-recursion: t → t: this circle ends only where a branch leaves it',
    ])
  })

  test('are none when sequences only share what they call, or the name is computed', async () => {
    const { problems } = await loadFiles(`
<sequence name="a"><run key="c"/><run key="b"/></sequence>
<sequence name="b"><run key="c"/></sequence>
<sequence name="c"><run key="{'a'}"/></sequence>`)
    expect(problems).toEqual([])
  })

  test('through the registry are found', async () => {
    const resource = resources({ 'conf:/r.xml': `<sequence xmlns="${SYNAPSE}" name="r"><run key="a"/></sequence>` })
    const { problems } = await loadFiles('<sequence name="a"><run key="conf:/r.xml"/></sequence>', { resource })
    expect(problems).toEqual([
      'test.xml:2:30 error sequence-cycle: a → conf:/r.xml → a: no message would ever leave this circle',
    ])
  })

  test('of thousands of sequences are found without deep recursion', async () => {
    const many = Array.from(
      { length: 5000 },
      (_, i) => `<sequence name="s${i}"><run key="s${(i + 1) % 5000}"/></sequence>`,
    )
    const { problems } = await loadFiles(many.join('\n'))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('sequence-cycle: s0 → s1 → s2')
  })
})

describe('resources', () => {
  test('local entries are there while other artifacts are compiled, whatever the order', async () => {
    const loaded = await loadFiles(
      '<sequence name="main"><text from="e"/></sequence><localEntry key="e">entry</localEntry>',
    )
    expect(await marksOf(loaded)).toEqual(['entry'])
    expect(loaded.deployment?.resource('e')?.bytes.toString()).toBe('entry')
  })

  test('keys without a prefix lead to the root of a URL registry as well', async () => {
    const resource = resources({ 'file:samples/a.txt': 'below the root' })
    const registry = '<registry provider="SimpleURLRegistry"><parameter name="root">file:samples</parameter></registry>'
    const loaded = await loadFiles(`${registry}<sequence name="main"><text from="a.txt"/></sequence>`, { resource })
    expect(await marksOf(loaded)).toEqual(['below the root'])
  })

  test('behind a URL are read once, before anything starts, and kept for when they cannot be read again', async () => {
    let requests = 0
    const server = createServer((request, response) => {
      requests++
      response.writeHead(request.url === '/a' ? 200 : 404).end('from afar')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const services = { ...testServices(), senders: new Map([['http', webSender]]) }
    const xml = `<localEntry key="e" src="${url}/a"/><sequence name="main"><text from="${url}/a"/><text from="e"/></sequence>`
    expect(await marksOf(await loadFiles(xml, {}, language, services))).toEqual(['from afar', 'from afar'])
    expect(requests).toBe(1)
    const { problems } = await loadFiles(`<localEntry key="e" src="${url}/b"/>`, {}, language, services)
    expect(problems).toEqual([`test.xml:2:1 error resource-unreadable: ${url}/b cannot be read`])
    const before = await loadFiles(xml, {}, language, services)
    await new Promise((resolve) => server.close(resolve))
    expect(await marksOf(await loadFiles(xml, { remote: before.remote }, language, services))).toEqual([
      'from afar',
      'from afar',
    ])
  })

  test('parameters are resolved, and reported at the value when they cannot be', async () => {
    const xml = '<endpoint name="e"><address uri="http://$FILE:host/${configs.path}"/></endpoint>'
    const fileProperties = new Map([
      ['host', 'a'],
      ['path', 'b'],
    ])
    expect((await loadFiles(xml, { fileProperties })).problems).toEqual([])
    expect((await loadFiles(xml)).problems).toEqual([
      'test.xml:2:34 error parameter-unresolved: $FILE:host: file.properties has no "host"',
      'test.xml:2:34 error parameter-unresolved: ${configs.path}: there is no configuration property "path"',
    ])
  })

  test('a class that nothing exports is reported with what there is', async () => {
    expect((await loadFiles('<sequence name="a"><class name="com.acme.Mask"/></sequence>')).problems).toEqual([
      'test.xml:2:20 error class-unknown: there is no class "com.acme.Mask"; mediators/ holds no module',
    ])
  })
})

describe('pre-mediate', () => {
  const route = (name: string, passes: string): Route => ({
    name,
    receive: () => {
      passed.push(passes)
      return 'continue'
    },
    answer: undefined,
    fault: () => 'stop',
  })
  const door = defineArtifact({
    name: 'door',
    folders: [],
    summary: 'Takes messages.',
    attributes: { name: required(string('Name.')) },
    compile: () => ({}),
    entrance: (doors) => ({ match: ({ target }) => (doors.has(target) ? route(target, target) : undefined) }),
  })
  const last = { ...sequence, entrance: () => ({ match: () => route('main', 'main') }) }
  // The sequences come first in the language, and are asked last all the same.
  const parts = new Language({ mediators: [mark], artifacts: [last, door], pending: new Map() })

  const marksFor = async (target: string, xml: string) => {
    const { deployment, problems } = await loadFiles(xml, {}, parts)
    expect(problems).toEqual([])
    passed.length = 0
    if (deployment === undefined) throw new Error('nothing was deployed')
    const found = deployment.route(createArrival({ target }))
    await found?.receive(createContext({ deployment }))
    return [found?.name, ...passed]
  }

  test('runs before whatever takes the message, and can end the flow', async () => {
    const before = (flow: string) =>
      `<door name="a"/><sequence name="pre-mediate"><mark name="before" flow="${flow}"/></sequence>`
    expect(await marksFor('a', before('continue'))).toEqual(['a', 'before', 'a'])
    expect(await marksFor('b', before('continue'))).toEqual(['main', 'before', 'main'])
    expect(await marksFor('a', before('stop'))).toEqual(['a', 'before'])
  })

  test('is not missed when there is none', async () => {
    expect(await marksFor('a', '<door name="a"/>')).toEqual(['a', 'a'])
    expect(await marksFor('b', '<door name="a"/>')).toEqual(['main', 'main'])
  })
})

test('a large home lets messages through while it is loaded', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [
      `${i}.xml`,
      `<sequence name="s${i}">${'<mark name="m"/>'.repeat(100)}</sequence>`,
    ]),
  )
  let turns = 0
  const beat = setInterval(() => turns++, 0)
  const { problems } = await loadFiles(files)
  clearInterval(beat)
  expect(problems).toEqual([])
  expect(turns).toBeGreaterThan(5)
})
