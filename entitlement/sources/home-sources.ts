import { resolve } from 'node:path'
import {
  type AttributeSource,
  type Linker,
  type ModuleExport,
  type Report,
  ResourceFinder,
  type ResourceHierarchy,
  type Span,
} from 'viaduct'
import { LdapSource } from './ldap-source.ts'
import { databaseReader, postgresReader, sqliteReader } from './row-readers.ts'
import { type RowReader, SqlSource } from './sql-source.ts'

const SETTINGS: Span = { file: 'viaduct.config.json', line: 1, column: 1, endLine: 1, endColumn: 1 }

/** The attribute sources of a home: its modules, then the directory and the database of the settings. */
export function homeSources(linker: Linker, report: Report): AttributeSource[] {
  const { ldap, sql } = linker.services.settings.policies
  const sources = linker.extensions('attribute-source').flatMap((each) => fromModule(each, report))
  if (ldap.url !== '') sources.push(...made(report, 'policies.ldap', () => new LdapSource(ldap)))
  if (sql.query !== '') sources.push(...made(report, 'policies.sql', () => new SqlSource(sql, readerOf(linker))))
  return sources
}

function made(report: Report, setting: string, make: () => AttributeSource): AttributeSource[] {
  try {
    return [make()]
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : 'unknown'
    report('setting-invalid', SETTINGS, `${setting}: ${reason}`)
    return []
  }
}

function readerOf(linker: Linker): RowReader {
  const { settings, home } = linker.services
  const { sql } = settings.policies
  if (/^postgres(?:ql)?:\/\//.test(sql.database)) return postgresReader(sql)
  if (sql.database !== '') return sqliteReader(resolve(home, sql.database), sql.query)
  const database = linker.facility('database')
  if (database === undefined) throw new Error('there is no database')
  return databaseReader(database, sql.query)
}

/** What knows which resources lie below others, when a module of the home does. */
export function homeHierarchy(linker: Linker, report: Report): ResourceHierarchy | undefined {
  const [found, other] = linker.extensions('resource-hierarchy')
  if (other !== undefined)
    report('module-failed', { ...SETTINGS, file: other.file }, 'there is another module that knows resources')
  const made = found === undefined ? undefined : instanceOf(found, report)
  return made instanceof ResourceFinder ? made : undefined
}

function fromModule(found: ModuleExport, report: Report): AttributeSource[] {
  const source: Partial<AttributeSource> | undefined = instanceOf(found, report)
  if (source === undefined) return []
  const { category, attributes, find } = source
  const complete =
    typeof category === 'string' && Array.isArray(attributes) && attributes.length > 0 && typeof find === 'function'
  if (complete) return [source as AttributeSource]
  const at = { ...SETTINGS, file: found.file }
  report('module-failed', at, `${found.exportName} needs category, attributes and find()`)
  return []
}

/** Undefined after a report when it cannot be made. */
function instanceOf(found: ModuleExport, report: Report): object | undefined {
  if (found.kind !== 'extension') return undefined
  try {
    return new found.create()
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : 'unknown'
    report('module-failed', { ...SETTINGS, file: found.file }, `${found.exportName}: ${reason}`)
    return undefined
  }
}
