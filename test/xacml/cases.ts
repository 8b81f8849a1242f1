import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** An entry of `index.json` of the corpus. */
export interface Case {
  readonly suite: string
  readonly id: string
  readonly dir: string
  readonly level: 'mandatory' | 'optional' | 'deprecated'
  readonly expect: 'decision' | 'policy-rejected' | 'decision-or-policy-rejected' | 'parse-only'
  readonly xacmlVersion: string
  readonly files: {
    readonly policies: readonly string[]
    readonly referencedPolicies: readonly string[]
    readonly request?: string
    readonly response?: string
    readonly other?: readonly string[]
  }
  readonly requires: readonly string[]
}

/** A vector of `function-vectors.json`. */
export interface Vector {
  readonly function: string
  readonly args: readonly VectorValue[]
  /** Null: Indeterminate. */
  readonly result: VectorValue | null
}

export type VectorValue =
  | { readonly type: string; readonly value: string }
  | { readonly bagOf: string; readonly values: readonly string[] }
  | { readonly function: string }

export function readCases(directory: string): readonly Case[] {
  const file = join(directory, 'index.json')
  if (!existsSync(file)) return []
  const index = JSON.parse(readFileSync(file, 'utf8')) as { readonly tests: readonly Case[] } | readonly Case[]
  return 'tests' in index ? index.tests : index
}

export function readVectors(directory: string): readonly Vector[] {
  const file = join(directory, 'function-vectors.json')
  if (!existsSync(file)) return []
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }).vectors
}

/** `category|id|dataType|value` of the attribute that a source must supply. */
export function readSupplied(directory: string): readonly (readonly string[])[] {
  const file = join(directory, 'pip.txt')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line.includes('|')).map((line) => line.split('|'))
}
