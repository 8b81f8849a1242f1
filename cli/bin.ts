#!/usr/bin/env node
// Static imports would be parsed before the version is checked, so there are none.
const [major] = process.versions.node.split('.')
if (Number(major) < 24) {
  console.error(`viaduct needs Node.js 24 or newer; this is ${process.version}.`)
  process.exitCode = 2
} else {
  // Both count only before first use: name resolution must not starve behind one dead server (half the pool is its share),
  // and a pattern that backtracks without end is finished by V8's linear engine.
  process.env['UV_THREADPOOL_SIZE'] ??= '32'
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  setFlagsFromString('--regexp-backtracks-before-fallback=50000')
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
}

export {}
