import type { Cors } from './cors.ts'

/** What the ways through an API tell about it. */
export interface ApiIdentity {
  /** With `:v` and the version when it has one. */
  readonly name: string
  /** '' for the root. */
  readonly context: string
  readonly version: string
  readonly versionType: 'url' | 'context' | undefined
  readonly cors: Cors
  /** What follows context and version, with the query. */
  pathAfter(target: string): string
}
