/** How the XACML policies of the home decide. */
export interface PolicySettings {
  /** How several policies are combined: the last part of a policy-combining algorithm of 3.0, or its whole identifier. */
  readonly combining: string
  /** Policies to start with; empty: all that no other policy refers to. */
  readonly roots: readonly string[]
  /** Whose time counts: the clock's when a request says none, the clock's always, or that of requests alone. */
  readonly time: 'request-or-clock' | 'clock' | 'request'
  readonly ldap: LdapSourceSettings
  readonly sql: SqlSourceSettings
}

interface SourceSettings {
  /** Attributes that are found: where, and the data type when it is not a string (`employeeNumber integer`), by identifier. */
  readonly attributes: Readonly<Record<string, string>>
  readonly category: string
  /** The attribute of the request, in the same category, that names whom to look for. */
  readonly key: string
  /** Milliseconds. */
  readonly timeout: number
}

/** Attributes from a directory. */
export interface LdapSourceSettings extends SourceSettings {
  /** '' is no source. */
  readonly url: string
  readonly startTls: boolean
  /** Authorities that the server is checked against, PEM. */
  readonly trust: string
  readonly bindDn: string
  readonly bindPassword: string
  readonly base: string
  /** `{0}` stands for the value of the key. */
  readonly filter: string
}

/** Attributes from a database. */
export interface SqlSourceSettings extends SourceSettings {
  /** '' is the database of the bus; else `postgres://user@host/name` or a file of SQLite. */
  readonly database: string
  readonly password: string
  /** '' is no source. `?` stands for the value of the key. */
  readonly query: string
}

const SOURCE: SourceSettings = {
  attributes: {},
  category: 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
  key: 'urn:oasis:names:tc:xacml:1.0:subject:subject-id',
  timeout: 2_000,
}

export const DEFAULT_POLICIES: PolicySettings = {
  combining: 'deny-overrides',
  roots: [],
  time: 'request-or-clock',
  ldap: {
    url: '',
    startTls: false,
    trust: '',
    bindDn: '',
    bindPassword: '',
    base: '',
    filter: '(uid={0})',
    ...SOURCE,
  },
  sql: { database: '', password: '', query: '', ...SOURCE },
}
