import { killLoop } from './kill-loop.ts'

// node --conditions=source test/workflow/kill.ts [times]: kills the bus so many times between a decision and its letter.
const times = Number(process.argv[2] ?? '200')
const report = await killLoop(times)
console.log(JSON.stringify(report, undefined, 2))
process.exitCode = report.lost === 0 && report.broken.length === 0 && report.foreignDuplicates === 0 ? 0 : 1
