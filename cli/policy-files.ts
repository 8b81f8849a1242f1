import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { DecisionRequest, DecisionResult, Obligation } from 'viaduct'
import { type PolicyFile, readJsonRequest, readJsonResponse, readRequest, readResponse } from '../entitlement/xacml.ts'

/** A question with the answer that is expected. */
export interface PolicyCase {
  readonly name: string
  readonly request: string
  readonly response: string
}

/** `name.request.xml` beside `name.response.xml`, and folders with `request.xml` and `response.xml`; JSON likewise. */
export function casesIn(folder: string): PolicyCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .flatMap((name) => {
      const [, start = '', type] = /^(.*?)request\.(xml|json)$/.exec(basename(name)) ?? []
      if (type === undefined || (start !== '' && !start.endsWith('.'))) return []
      const request = join(folder, name)
      const response = ['xml', 'json']
        .map((each) => join(dirname(request), `${start}response.${each}`))
        .find((each) => existsSync(each))
      const title = start === '' ? dirname(name) : join(dirname(name), start.slice(0, -1))
      return response === undefined ? [] : [{ name: title, request, response }]
    })
}

/** The request in a file: JSON by its name, else XML. Throws an Error or Indeterminate that says what is wrong. */
export function readRequestFile(file: string): DecisionRequest {
  const text = readFileSync(file, 'utf8')
  return file.endsWith('.json') ? readJsonRequest(text) : readRequest(text).request
}

/** The response in a file. */
export function readResponseFile(file: string): DecisionResult[] {
  const text = readFileSync(file, 'utf8')
  return file.endsWith('.json') ? readJsonResponse(text) : readResponse(text)
}

/** The policies of a folder, with names for people who stand in `cwd`. */
export function policyFilesIn(folder: string, cwd: string): PolicyFile[] {
  if (statSync(folder).isFile()) return [{ file: relative(cwd, folder), text: readFileSync(folder) }]
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.toLowerCase().endsWith('.xml'))
    .toSorted()
    .map((name) => join(folder, name))
    .map((file) => ({ file: relative(cwd, file), text: readFileSync(file) }))
}

/** In what an answer differs from the one expected; undefined when in nothing that counts. */
export function differenceOf(
  expected: readonly DecisionResult[],
  actual: readonly DecisionResult[],
): string | undefined {
  if (expected.length !== actual.length) return `${expected.length} results expected, there are ${actual.length}`
  const rest = actual.map(shape)
  for (const result of expected) {
    const wanted = shape(result)
    const at = rest.findIndex((each) => each === wanted)
    if (at < 0) return `expected ${wanted}, got ${rest.join(' and ')}`
    rest.splice(at, 1)
  }
  return undefined
}

/** What counts of a result: the decision, and what comes with it in any order. */
function shape({ decision, obligations, advice }: DecisionResult): string {
  const listed = (name: string, duties: readonly Obligation[]): string =>
    duties.length === 0 ? '' : `, ${name} ${duties.map(dutyShape).toSorted().join(' ')}`
  return `${decision}${listed('obligations', obligations)}${listed('advice', advice)}`
}

function dutyShape({ id, assignments }: Obligation): string {
  const inner = assignments.map(({ attribute, value }) => `${attribute}=${value.text.trim()}`).toSorted()
  return inner.length === 0 ? id : `${id}(${inner.join(', ')})`
}
