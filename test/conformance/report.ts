import type { CaseResult } from './play.ts'

const WIDTH = 160

/** The line of a case: `ok` or `FAIL` with the first check that does not hold. */
export function printCase({ id, title, ok, checks, reason, unsupported }: CaseResult): string {
  if (ok) return `ok   ${id} ${title}`
  if (unsupported.length > 0) return `FAIL ${id} ${title}: not supported: ${unsupported.join(', ')}`
  const failed = checks.find((check) => !check.ok)
  if (failed === undefined) return `FAIL ${id} ${title}: ${shorten(reason ?? 'no check was made')}`
  const head = `step ${failed.step}, ${failed.type} (${failed.basis})`
  const tail = reason === undefined ? '' : ` [${reason}]`
  return `FAIL ${id} ${title}: ${head}, expected ${shorten(failed.expected)}, actual ${shorten(failed.actual)}${tail}`
}

/** Counts of checks, asserted and implied apart; the last line is the one that scripts read. */
export function printSummary(results: readonly CaseResult[]): string {
  const checks = results.flatMap((result) => result.checks)
  const count = (basis: string) => {
    const of = checks.filter((check) => check.basis === basis)
    return `${basis} ${of.filter(({ ok }) => ok).length} of ${of.length}`
  }
  const passed = results.filter(({ ok }) => ok).length
  return `checks: ${count('asserted')}, ${count('implied')}\n${passed} passed, ${results.length - passed} failed`
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH)}… (${line.length} characters)`
}
