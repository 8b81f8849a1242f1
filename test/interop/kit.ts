import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Where the kit is unless somebody says otherwise. */
export const KIT = resolve(import.meta.dirname, '../../../shared/interop')

/** A message of the kit and what a receiver has to make of it. */
export interface Sample {
  readonly file: string
  readonly path: string
  /** Options of the receiver, as the kit's own verifiers take them. */
  readonly options: string
  readonly expect: 'accept' | 'reject' | 'either'
  /** Of hostile messages: what they try. */
  readonly kind: string
  readonly now: string
  readonly reason: string
  readonly mustRead: Readonly<Record<string, string>> | undefined
  /** Fine once; the second time it is a replay. */
  readonly sendTwice: boolean
}

interface ManifestEntry {
  readonly file: string
  readonly class: string
  readonly policy: string
  readonly expect: Sample['expect']
  readonly now: string
  readonly reason: string
  readonly mustRead?: Record<string, string>
  readonly sendTwice?: boolean
}

/** A minute after the messages were made. */
const NOW = '2026-11-22T12:01:00Z'

/** The samples of a directory of the kit's form: `samples/valid/manifest.tsv` and `samples/invalid/manifest.json`. */
export function readSamples(directory: string): Sample[] {
  return [...readValid(join(directory, 'samples/valid')), ...readInvalid(join(directory, 'samples/invalid'))]
}

function readValid(folder: string): Sample[] {
  const manifest = join(folder, 'manifest.tsv')
  if (!existsSync(manifest)) return []
  const [, ...lines] = readFileSync(manifest, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [file = '', options = '', reason = ''] = line.split('\t')
    return {
      file,
      path: join(folder, file),
      // The kit's Java peer cannot read this one; what is required of it is what is required of its neighbours.
      options: options === 'SKIP-WSS4J' ? '--require Body,SignedTimestamp' : options,
      expect: 'accept',
      kind: 'valid',
      now: NOW,
      reason,
      mustRead: undefined,
      sendTwice: false,
    }
  })
}

function readInvalid(folder: string): Sample[] {
  const manifest = join(folder, 'manifest.json')
  if (!existsSync(manifest)) return []
  const entries = JSON.parse(readFileSync(manifest, 'utf8')) as readonly ManifestEntry[]
  return entries.map(({ file, class: kind, policy, expect, now, reason, mustRead, sendTwice }) => ({
    file,
    path: join(folder, file),
    options: policy,
    expect,
    kind,
    now,
    reason,
    mustRead,
    sendTwice: sendTwice === true,
  }))
}
