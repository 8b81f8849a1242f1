// Builds dist/ with tsc. Runs in `npm install` (prepare) of a clone and, only when a source is newer, before `npm start`; an
// installed package ships dist/ and never comes here.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const STAMP = 'dist/.built'

/** Whether nothing that goes into dist/ has changed since it was built. */
function isFresh() {
  if (!existsSync(STAMP)) return false
  const built = statSync(STAMP).mtimeMs
  const { include } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8'))
  const inputs = include.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  )
  return ['tsconfig.json', 'tsconfig.build.json', ...inputs].every((path) => statSync(path).mtimeMs <= built)
}

/** What pages load besides themselves lies beside the code that serves it. */
function copyAssets() {
  const { include } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8'))
  for (const folder of include)
    for (const name of readdirSync(folder, { recursive: true }))
      if (/\.css$|in-browser\.js$/.test(name)) cpSync(join(folder, name), join('dist', folder, name))
}

if (!process.argv.includes('--if-stale') || !isFresh()) {
  rmSync('dist', { recursive: true, force: true })
  const shell = process.platform === 'win32'
  const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit', shell })
  if (status === 0) {
    copyAssets()
    writeFileSync(STAMP, '')
  }
  process.exitCode = status ?? 1
}
