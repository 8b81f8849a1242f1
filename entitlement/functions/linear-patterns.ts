import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8's linear engine finish a pattern that backtracks without end. Patterns come from policies and texts from requests, so
 * that a process which decides needs it; the command sets it before anything else, a process that only loads the library here.
 */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
setFlagsFromString('--regexp-backtracks-before-fallback=50000')
