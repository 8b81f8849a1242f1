import { xpath } from 'viaduct'
import type { Node, Run, Value } from '../run.ts'

export const textOf = (value: Value | undefined, run: Run): string =>
  value === undefined ? '' : xpath.toString(value, run.evaluation)

export const numberOf = (value: Value | undefined, run: Run): number =>
  value === undefined ? Number.NaN : xpath.toNumber(value, run.evaluation)

export const nodesOf = (value: Value | undefined): readonly Node[] => (Array.isArray(value) ? value : [])
