import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Modules } from 'viaduct'
import { compileMediators, createDeployment } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { entitlement } from '../entitlement/entitlement-facility.ts'
import { pendingMediators } from './index.ts'
import { mediators } from './testing/mediators.ts'

const room = fileURLToPath(new URL('.', import.meta.url))
const units = readdirSync(room).filter((name) => name !== 'testing' && statSync(join(room, name)).isDirectory())

interface Example {
  readonly unit: string
  readonly line: number
  readonly xml: string
  /** The diagnostic that the example must give. */
  readonly expected: string | undefined
}

/** Fenced blocks of a page: ```xml must load, ```xml error (or xml fault) must give the diagnostic in the block after it. */
function examplesOf(unit: string): Example[] {
  const page = readFileSync(join(room, unit, `${unit}.md`), 'utf8')
  return [...page.matchAll(/^```xml( error| fault)?\n([\s\S]*?)^```\n(?:\n```\n([\s\S]*?)^```\n)?/gm)].map((match) => ({
    unit,
    line: page.slice(0, match.index).split('\n').length,
    xml: match[2] ?? '',
    expected: match[1] === undefined ? undefined : (match[3] ?? '').trim(),
  }))
}

const nothing = () => 'continue' as const
const deployment = createDeployment({
  resources: {
    'conf:/order.xsd': '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>',
    'conf:/types.xsd': '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>',
    'conf:/transform.xsl': `<o xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>`,
  },
  artifacts: {
    sequence: { main: { name: 'main', mediator: nothing }, fault: { name: 'fault', mediator: nothing } },
    template: { greet: { name: 'greet', mediator: nothing, parameters: [] } },
  },
})

/** The module that the page of `class` names. */
class QuoteAudit {
  subject = ''
  mediate(): void {}
}

const modules = new Modules([
  {
    kind: 'class',
    create: QuoteAudit,
    names: ['org.acme.QuoteAudit'],
    exportName: 'default',
    file: 'quote-audit.ts',
    url: '',
    isolation: 'none',
    timeout: 1000,
  },
])

describe('pages of mediators', () => {
  for (const unit of units) {
    for (const { line, xml, expected } of examplesOf(unit)) {
      test(`${unit}.md:${line} ${expected === undefined ? 'loads' : 'gives its diagnostic'}`, () => {
        const { diagnostics } = compileMediators(xml, { mediators, deployment, modules, facilities: [entitlement] })
        if (expected === undefined) expect(diagnostics).toEqual([])
        else expect(diagnostics.join('\n')).toContain(expected)
      })
    }
  }

  for (const unit of units) {
    test(`${unit}.md has an example`, () => {
      expect(examplesOf(unit)).not.toEqual([])
    })
  }
})

describe('the list of mediators', () => {
  test('is alphabetical and holds nothing twice', () => {
    const names = mediators.map(({ name }) => name)
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')))
    expect(new Set(names).size).toBe(names.length)
  })

  test('holds no mediator that is listed as pending', () => {
    expect(mediators.filter(({ name }) => pendingMediators.has(name))).toEqual([])
  })

  test('a pending mediator is reported with what to do instead', () => {
    const { diagnostics } = compileMediators('<rule/>', { mediators, pending: pendingMediators })
    expect(diagnostics).toEqual([
      'test.xml:1:1 error element-unsupported: <rule> is not supported yet: use switch, filter, or class with a module that decides',
    ])
  })
})
