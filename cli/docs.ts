import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIAGNOSTICS } from '../runtime/diagnostic.ts'
import { FAULTS } from '../runtime/fault.ts'
import { settingsSchema } from '../runtime/home/settings-schema.ts'

/** Pages that are made from tables, by path from the root of the package. A test compares them with what lies there. */
export function generatedDocs(): Map<string, string> {
  const pages = new Map<string, string>()
  const diagnostics = Object.entries(DIAGNOSTICS)
  const faults = Object.entries(FAULTS)
  for (const [code, { severity, meaning, cure }] of diagnostics)
    pages.set(`docs/errors/${code}.md`, page(`# ${code}`, `Diagnostic, ${severity}.`, meaning, cure))
  for (const [code, { name, meaning, cure }] of faults) {
    const title = code === name ? `# ${code}` : `# ${code} ${name}`
    pages.set(`docs/errors/${code}.md`, page(title, 'Fault: `ERROR_CODE` in fault sequences.', meaning, cure))
  }
  pages.set('docs/errors/README.md', index(diagnostics, faults))
  pages.set('schemas/viaduct.config.schema.json', `${JSON.stringify(settingsSchema(), undefined, 2)}\n`)
  return pages
}

const page = (title: string, kind: string, meaning: string, cure: string): string =>
  `${title}\n\n${kind}\n\n${prose(meaning)}\n\n**What to do.** ${prose(cure)}\n`

type Entries = readonly [string, { readonly severity?: string; readonly name?: string; readonly meaning: string }][]

function index(diagnostics: Entries, faults: Entries): string {
  const row = (code: string, more: string | undefined, meaning: string) =>
    `| [${code}](${code}.md) | ${more} | ${cell(meaning)} |`
  return `# Errors

Two ways to be wrong: a diagnostic before traffic, with file, line and column; a fault while a message is under way.
\`viaduct explain <code>\` prints the same. These pages are generated from the tables in \`runtime/diagnostic.ts\` and
\`runtime/fault.ts\`: \`node --conditions=source cli/docs.ts\`.

## Diagnostics

| code | severity | meaning |
|---|---|---|
${diagnostics.map(([code, { severity, meaning }]) => row(code, severity, meaning)).join('\n')}

## Faults

| ERROR_CODE | name | meaning |
|---|---|---|
${faults.map(([code, { name, meaning }]) => row(code, name, meaning)).join('\n')}
`
}

/** Element names are no HTML tags; what is already code stays. */
const prose = (text: string): string =>
  text.replaceAll(/`[^`]*`|<([\w-]+)>/g, (whole, tag?: string) => (tag === undefined ? whole : `\`<${tag}>\``))

const cell = (text: string): string => prose(text).replaceAll('|', '\\|')

/** Writes the pages below `root` and removes error pages of codes that are gone. */
export function writeDocs(root: string): void {
  const pages = generatedDocs()
  for (const folder of ['docs/errors', 'schemas']) mkdirSync(join(root, folder), { recursive: true })
  for (const [path, text] of pages) writeFileSync(join(root, path), text)
  for (const name of readdirSync(join(root, 'docs/errors')))
    if (!pages.has(`docs/errors/${name}`)) rmSync(join(root, 'docs/errors', name))
}

if (import.meta.main) writeDocs(join(import.meta.dirname, '..'))
