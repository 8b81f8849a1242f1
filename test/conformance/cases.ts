import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One expectation; which of the optional fields are there depends on `type` (README of the cases). */
export interface Check {
  readonly type: string
  readonly basis?: 'asserted' | 'implied'
  readonly equals?: unknown
  readonly equalsAnyOf?: readonly string[]
  readonly contains?: string
  readonly notContains?: string
  readonly value?: unknown
  readonly values?: readonly string[]
  readonly unorderedArrays?: boolean
  readonly path?: string
  readonly expr?: string
  readonly namespaces?: Readonly<Record<string, string>>
  readonly regex?: string
  readonly step?: string
  readonly name?: string
  readonly present?: boolean
  readonly backend?: string
  readonly checks?: readonly (readonly Check[])[]
}

export interface Route {
  readonly method: string
  readonly path: string
  readonly response: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  }
}

export interface CaseBackend {
  readonly type: string
  readonly port?: number
  readonly routes?: readonly Route[]
}

export interface Step {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly port?: number
  }
  readonly expect: readonly Check[]
  readonly backends?: readonly CaseBackend[]
}

export interface Case {
  readonly id: string
  readonly title: string
  readonly source: { readonly clients?: readonly string[]; readonly clientDropsLineBreaks?: boolean }
  readonly esb: {
    readonly httpPort: number
    readonly configDir: string
    readonly layout: 'synapse-configs' | 'definitions'
    readonly files: readonly string[]
    readonly registry?: readonly { readonly key: string; readonly file: string }[]
    readonly serverFiles?: readonly { readonly key: string; readonly file: string }[]
    readonly properties?: Readonly<Record<string, string>>
  }
  readonly backends: readonly CaseBackend[]
  readonly steps: readonly Step[]
}

/** Reads every case of a directory (its JSON files that have steps), in the order of their ids. */
export function readCases(directory: string, only?: readonly string[]): Case[] {
  const cases = readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Partial<Case>)
    .filter((value): value is Case => typeof value.id === 'string' && Array.isArray(value.steps))
  return only === undefined ? cases : cases.filter(({ id }) => only.includes(id))
}

/** Every port that a case names for something other than the bus's own listener. */
export function portsOf(value: Case): { backends: Set<number>; closed: Set<number>; inbound: Set<number> } {
  const all = [...value.backends, ...value.steps.flatMap((step) => step.backends ?? [])]
  const ports = (select: (type: string) => boolean) =>
    new Set(all.filter(({ type, port }) => port !== undefined && select(type)).map(({ port }) => port as number))
  return {
    backends: ports((type) => type !== 'closed-port'),
    closed: ports((type) => type === 'closed-port'),
    inbound: new Set(value.steps.map((step) => step.request.port).filter((port) => port !== undefined)),
  }
}
