import type { LeafOptions } from './leaf-options.ts'
import { DEFAULT_POLICY } from './suspension.ts'

/** An address without any further definition. */
export const PLAIN_OPTIONS: LeafOptions = {
  format: undefined,
  optimize: undefined,
  encoding: undefined,
  addressing: undefined,
  timeout: undefined,
  discardsTimeout: false,
  policy: DEFAULT_POLICY,
  security: undefined,
  retry: { disabled: new Set(), enabled: new Set() },
}
