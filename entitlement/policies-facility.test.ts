import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { Bus, type DecisionPoint, defineMediator, LiveHome, type Outcome, readHome } from 'viaduct'
import { testServices } from 'viaduct/testing'
import { Language } from '../runtime/language.ts'
import { TestFolder } from '../runtime/testing/folder.ts'
import { standardLanguage } from '../cli/standard.ts'
import { apply, condition, designator, match, policy, request, rule, SUBJECT, value } from './testing/policies.ts'

const MAIN = '<sequence xmlns="http://ws.apache.org/ns/synapse" name="main"><point/></sequence>'

/** A home that is live, and the decision point that its mediators see. */
async function openHome(files: Readonly<Record<string, string>>) {
  const folder = new TestFolder({ 'sequences/main.xml': MAIN, ...files })
  const points: DecisionPoint[] = []
  const point = defineMediator({
    name: 'point',
    summary: 'Asks for the decision point.',
    compile(_, { linker }) {
      // While it is being loaded there is none; then everything is compiled again.
      const found = linker.facility('decisions')
      if (found !== undefined) points.push(found)
      return () => 'continue'
    },
  })
  const standard = standardLanguage()
  const language = new Language({
    mediators: [point],
    artifacts: [...standard.artifacts.values()],
    defaults: [],
    facilities: standard.facilities,
    services: standard.services,
    pending: new Map(),
  })
  const { settings } = await readHome(folder.path, language)
  const bus = new Bus(testServices({ home: folder.path, settings }))
  const home = new LiveHome(bus, language, folder.path)
  const first = await home.start()
  return {
    folder,
    first,
    points,
    reload: (): Promise<Outcome> => home.reload(),
    decide: async (subject: string) => (await points.at(-1)?.decide(request(subject, 'r', 'read')))?.[0]?.decision,
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

const permits = (name: string): string =>
  policy('p', rule('r', 'Permit', condition(apply('string-is-in', value(name), designator(SUBJECT, 'subject-id')))))

const messages = ({ diagnostics }: Outcome): string[] =>
  diagnostics.map(({ code, at }) => `${at.file.split('/').slice(-2).join('/')}:${at.line} ${code}`)

describe('the policies of a home', () => {
  test('decide, beside those of WS-Policy and files of other kinds', async () => {
    await using home = await openHome({
      'policies/a.xml': permits('alice'),
      'policies/deep/down/b.xml': policy(
        'q',
        rule('r', 'Deny', condition(apply('string-is-in', value('eve'), designator(SUBJECT, 'subject-id')))),
      ),
      'policies/UTOverTransport.xml':
        '<wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsp:All/></wsp:Policy>',
      'policies/README.md': 'no policy',
    })
    expect(home.first.diagnostics).toEqual([])
    expect([await home.decide('alice'), await home.decide('eve'), await home.decide('bob')]).toEqual([
      'Permit',
      'Deny',
      'NotApplicable',
    ])
  })

  test('that change are used from the next deployment on', async () => {
    await using home = await openHome({ 'policies/a.xml': permits('alice') })
    home.folder.write('policies/a.xml', permits('bob'))
    expect((await home.reload()).deployment).toBeDefined()
    expect([await home.decide('alice'), await home.decide('bob')]).toEqual(['NotApplicable', 'Permit'])
  })

  test('that are wrong are refused with their place, and the old ones stay', async () => {
    await using home = await openHome({ 'policies/a.xml': permits('alice') })
    home.folder.write('policies/a.xml', `\n${permits('bob').replace('string-is-in', 'string-is-inn')}`)
    const outcome = await home.reload()
    expect(outcome.deployment).toBeUndefined()
    expect(messages(outcome)).toEqual(['policies/a.xml:2 policy-function'])
    expect(await home.points[0]?.decide(request('alice', 'r', 'read'))).toMatchObject([{ decision: 'Permit' }])
  })

  test('that are wrong refuse a home that no mediator asks them of', async () => {
    await using home = await openHome({
      'sequences/main.xml': MAIN.replace('<point/>', ''),
      'policies/a.xml': permits('alice').slice(0, -2),
    })
    expect([home.first.deployment, messages(home.first)]).toEqual([undefined, ['policies/a.xml:1 xml-malformed']])
  })

  test('that have not changed are the same decision point after a reload', async () => {
    await using home = await openHome({ 'policies/a.xml': permits('alice') })
    home.folder.write('sequences/other.xml', MAIN.replace('"main"', '"other"'))
    await home.reload()
    expect(home.points.length).toBeGreaterThan(1)
    expect(new Set(home.points).size).toBe(1)
  })

  test('are read again only where they have changed', async () => {
    const target =
      '<Target><AnyOf><AllOf>' +
      match('string-equal', value('x'), designator(SUBJECT, 'a')) +
      '</AllOf></AnyOf></Target>'
    const rules = Array.from({ length: 200 }, (_, i) => rule(`r${i}`, 'Permit', target)).join('')
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`policies/p${i}.xml`, policy(`p${i}`, rules)]),
    )
    await using home = await openHome({ ...many, 'policies/a.xml': permits('alice') })
    const cost = async (change: () => void): Promise<number> => {
      change()
      const started = process.cpuUsage()
      expect((await home.reload()).deployment).toBeDefined()
      const { user, system } = process.cpuUsage(started)
      return user + system
    }
    // Everything moves down by a line, so everything is read.
    const all = await cost(() => {
      for (const [name, text] of Object.entries(many)) home.folder.write(name, `\n${text}`)
    })
    const one = await cost(() => home.folder.write('policies/a.xml', permits('bob')))
    expect(one).toBeLessThan(all)
    expect(await home.decide('bob')).toBe('Permit')
    home.folder.remove('policies/a.xml')
    await home.reload()
    expect(await home.decide('bob')).toBe('NotApplicable')
  })

  test('are combined as the settings say', async () => {
    await using home = await openHome({
      'viaduct.config.json': '{ "policies": { "combining": "permit-overrides" } }',
      'policies/a.xml': policy('a', rule('r', 'Deny')),
      'policies/b.xml': policy('b', rule('r', 'Permit')),
    })
    expect(await home.decide('x')).toBe('Permit')
  })

  test('start with the roots of the settings', async () => {
    await using home = await openHome({
      'viaduct.config.json': '{ "policies": { "roots": ["b"] } }',
      'policies/a.xml': policy('a', rule('r', 'Deny')),
      'policies/b.xml': policy('b', rule('r', 'Permit')),
    })
    expect(await home.decide('x')).toBe('Permit')
  })

  test('a home without policies decides nothing', async () => {
    await using home = await openHome({})
    expect(await home.decide('x')).toBe('NotApplicable')
  })
})

describe('attribute sources of a home', () => {
  const asksRole = policy(
    'p',
    rule('r', 'Permit', condition(apply('string-is-in', value('doctor'), designator(SUBJECT, 'role')))),
  )

  const finder = (role: string): string => `import { AttributeFinder } from 'viaduct'
export class Roles extends AttributeFinder {
  category = '${SUBJECT}'
  attributes = ['role']
  async find({ id, values }) {
    if (values('${SUBJECT}', 'subject-id')[0] !== 'alice') return []
    return [{ id, values: [{ type: 'http://www.w3.org/2001/XMLSchema#string', text: '${role}' }] }]
  }
}
`

  test('are the modules that extend AttributeFinder', async () => {
    await using home = await openHome({ 'policies/a.xml': asksRole, 'mediators/roles.js': finder('doctor') })
    expect(home.first.diagnostics).toEqual([])
    expect([await home.decide('alice'), await home.decide('bob')]).toEqual(['Permit', 'NotApplicable'])
    home.folder.write('mediators/roles.js', finder('nurse'))
    await home.reload()
    expect(await home.decide('alice')).toBe('NotApplicable')
  })

  test('that are not complete refuse the deployment', async () => {
    await using home = await openHome({
      'mediators/roles.js':
        "import { AttributeFinder } from 'viaduct'\nexport class Roles extends AttributeFinder {}\n",
    })
    expect(home.first.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/Roles needs category, attributes and find/),
    ])
  })

  test('are a query of the settings, to a file of SQLite or to the database of the bus', async () => {
    const settings = (database: string) =>
      JSON.stringify({
        policies: {
          sql: {
            database,
            key: 'subject-id',
            query: 'SELECT value AS role FROM json_each(?) UNION SELECT ?1',
            attributes: { role: 'role' },
          },
        },
      })
    await using home = await openHome({ 'policies/a.xml': asksRole, 'data/.keep': '' })
    new DatabaseSync(home.folder.file('data/roles.db')).close()
    home.folder.write('viaduct.config.json', settings('data/roles.db'))
    await home.reload()
    expect(await home.decide('["doctor"]')).toBe('Permit')
    home.folder.write('viaduct.config.json', settings(''))
    await home.reload()
    expect(await home.decide('["doctor"]')).toBe('Permit')
  })

  test('with a query that is wrong are reported', async () => {
    await using home = await openHome({
      'data/.keep': '',
      'viaduct.config.json': JSON.stringify({
        policies: { sql: { database: 'nowhere.db', query: 'SELECT 1', attributes: {} } },
      }),
    })
    expect(home.first.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^setting-invalid: policies\.sql: unable to open database file/),
    ])
  })
})

describe('a source that cannot be opened', () => {
  const settings = JSON.stringify({
    policies: { sql: { database: 'staff.db', query: 'SELECT 1 WHERE ?', attributes: {} } },
  })

  test('refuses every deployment until it can, whatever else changes', async () => {
    await using home = await openHome({ 'viaduct.config.json': settings })
    expect(home.first.deployment).toBeUndefined()
    home.folder.write('sequences/other.xml', MAIN.replace('"main"', '"other"'))
    expect((await home.reload()).diagnostics.map(({ code }) => code)).toEqual(['setting-invalid'])
    new DatabaseSync(home.folder.file('staff.db')).close()
    expect((await home.reload()).deployment).toBeDefined()
  })
})

describe('resources of a home', () => {
  const finder = `import { ResourceFinder } from 'viaduct'
export class Folders extends ResourceFinder {
  children(id) { return id.length < 3 ? [id + 'a', id + 'b'] : [] }
}
`
  const about = (scope: string) => ({
    categories: [
      {
        category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
        attributes: [
          { id: 'urn:oasis:names:tc:xacml:1.0:resource:resource-id', values: [{ type: STRING, text: 'x' }] },
          { id: 'urn:oasis:names:tc:xacml:2.0:resource:scope', values: [{ type: STRING, text: scope }] },
        ],
      },
    ],
  })
  const STRING = 'http://www.w3.org/2001/XMLSchema#string'

  test('lie below others as the module that extends ResourceFinder says', async () => {
    await using home = await openHome({
      'policies/a.xml': policy('p', rule('r', 'Permit')),
      'mediators/folders.js': finder,
    })
    expect(home.first.diagnostics).toEqual([])
    const count = async (scope: string) => (await home.points.at(-1)?.decide(about(scope)))?.length
    expect([await count('Children'), await count('Descendants')]).toEqual([3, 7])
  })

  test('are known by one module and not by two', async () => {
    await using home = await openHome({
      'mediators/one.js': finder,
      'mediators/two.js': finder.replace('Folders', 'Shelves'),
    })
    expect(home.first.diagnostics.map(({ message }) => message)).toEqual([
      'there is another module that knows resources',
    ])
  })
})
