import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8's linear engine finish a pattern that backtracks without end, in the whole process. Patterns come from policies and
 * texts from requests, so that whoever decides needs it; the command sets it before anything else, the library only here.
 */
export function matchLinearly(): void {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  setFlagsFromString('--regexp-backtracks-before-fallback=50000')
}
