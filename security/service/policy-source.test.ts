import { compileElement, createDeployment } from 'viaduct/testing'
import { defineArtifact, type Linker, spanOf } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { policyText } from '../testing/policies.ts'
import { PolicySource } from './policy-source.ts'

/** Runs `look` with the linker of a deployment that holds these resources. */
function looking<T>(resources: Readonly<Record<string, string>>, look: (source: PolicySource, linker: Linker) => T) {
  const probe = defineArtifact({
    name: 'probe',
    folders: [],
    summary: 'A test.',
    compile: (_config, { linker }) => ({ found: look(new PolicySource(linker), linker) }),
  })
  const { value, diagnostics } = compileElement(probe, '<probe/>', { deployment: createDeployment({ resources }) })
  return { found: value?.found, diagnostics }
}

const AT = { file: 'test.xml', line: 7, column: 3, endLine: 7, endColumn: 9 }

describe('a policy is found', () => {
  test.each([
    ['under its key', 'gov:p.xml', 'gov:p.xml'],
    ['in policies/, with or without .xml', 'file:policies/p.xml', 'p'],
    ['in policies/ by its full name', 'file:policies/p.xml', 'p.xml'],
  ])('%s', (_title, key, asked) => {
    const { found, diagnostics } = looking({ [key]: policyText('<sp:Wss10/>') }, (source) => source.find(asked, AT))
    expect(found?.name).toBe('Policy')
    expect(diagnostics).toEqual([])
  })

  test('inside of another document', () => {
    const { found } = looking({ k: `<attachment>${policyText('')}</attachment>` }, (source) => source.find('k', AT))
    expect(found?.name).toBe('Policy')
  })

  test('with the places of its file', () => {
    const { found } = looking({ k: policyText('') }, (source) => source.find('k', AT))
    expect(found && spanOf(found)).toMatchObject({ file: 'k', line: 1 })
  })
})

describe('what is no policy is a mistake', () => {
  test.each([
    [{}, 'test.xml:7:3 error reference-unresolved: there is no policy "k"'],
    [{ k: '<other/>' }, 'k:1:1 error element-unknown: "k" holds <other>, which is no policy'],
    [{ k: '<wsp:Policy' }, 'k:1:12 error xml-malformed'],
  ])('%j', (resources, message) => {
    const { found, diagnostics } = looking(resources, (source) => source.find('k', AT))
    expect(found).toBeUndefined()
    expect(diagnostics).toEqual([expect.stringContaining(message)])
  })
})

describe('references', () => {
  test('#id means a policy of a document that was read, by wsu:Id or Name', () => {
    const { found } = looking({ k: policyText('', '1.2', 'Mine') }, (source) => {
      source.find('k', AT)
      return source.reading.find('#Mine')
    })
    expect(found?.name).toBe('Policy')
  })

  test('anything else is a key', () => {
    const { found } = looking({ other: policyText('') }, (source) => source.reading.find('other'))
    expect(found?.name).toBe('Policy')
  })

  test('nothing is nothing', () => {
    expect(looking({}, (source) => source.reading.find('#gone')).found).toBeUndefined()
    expect(looking({}, (source) => source.reading.find('gone')).found).toBeUndefined()
  })
})
