import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { judge, printLine } from './judge.ts'
import { KIT, readSamples } from './kit.ts'
import { KitReceiver } from './receiver.ts'

const USAGE = `usage: npm run interop -- [DIR]

Receives every message of DIR/samples (default ../shared/interop) with the keys of DIR/keys, as DIR's manifests say.`

const directory = resolve(process.argv[2] ?? KIT)
const keys = [join(directory, 'keys'), join(KIT, 'keys')].find((folder) => existsSync(folder))
if (!existsSync(join(directory, 'samples')) || keys === undefined) {
  console.error(`${directory} has no samples and keys\n${USAGE}`)
  process.exit(2)
}

const receiver = new KitReceiver(keys)
let passed = 0
let failed = 0
for (const sample of readSamples(directory)) {
  const verdict = await receiver.receive(sample)
  const wrong = judge(sample, verdict)
  if (wrong === undefined) passed++
  else failed++
  console.log(printLine(sample, verdict, wrong))
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
