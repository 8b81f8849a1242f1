/** Where the bus keeps what must not be lost: accounts, workflows, letters that are under way. */
export interface DatabaseSettings {
  /** `postgres://user@host/name`; '' is the file `data/viaduct.db` of the home. */
  readonly url: string
  /** Of the server, apart from the URL so that it can come from the environment. */
  readonly password: string
  readonly connections: number
}

/** Where the users are kept and how many wrong passwords are borne. */
export interface IdentitySettings {
  /** `auto`: the file when it is there, else the database. */
  readonly store: 'auto' | 'database' | 'file' | 'ldap'
  readonly file: string
  /** Wrong passwords of one caller for one name within `lockout` before it is refused; ten times as many of all callers. */
  readonly attempts: number
  /** Milliseconds. */
  readonly lockout: number
  /** How long a password that was right is right without being checked again, milliseconds. */
  readonly remember: number
  readonly ldap: LdapSettings
}

export interface LdapSettings {
  readonly url: string
  readonly startTls: boolean
  /** Authorities that the server is checked against, PEM. */
  readonly trust: string
  readonly bindDn: string
  readonly bindPassword: string
  readonly userBase: string
  /** `{0}` stands for the name. */
  readonly userFilter: string
  readonly nameAttribute: string
  readonly roleBase: string
  /** `{0}` stands for the distinguished name of the user, `{1}` for the name. */
  readonly roleFilter: string
  readonly roleAttribute: string
  /** LDAP attribute by claim; the usual ones when empty. */
  readonly claims: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly timeout: number
}

/** How letters leave. */
export interface MailSettings {
  /** '' writes letters into `folder`. */
  readonly host: string
  readonly port: number
  /** `starttls` refuses servers that cannot; `tls` from the first byte; `none` in clear. */
  readonly security: 'starttls' | 'tls' | 'none'
  readonly user: string
  readonly password: string
  /** Authorities that the server is checked against, beside those of the system, PEM. */
  readonly trust: string
  readonly from: string
  readonly folder: string
  readonly templates: string
  readonly connections: number
  /** For every step of a delivery, milliseconds. */
  readonly timeout: number
  /** Deliveries that may fail before a letter is given up. */
  readonly attempts: number
  /** After the first failure, doubled after each, milliseconds. */
  readonly retry: number
}

/** Who decides workflows, and how often strangers may ask. */
export interface WorkflowSettings {
  /** Users with one of these roles decide: through the callback services, and in the console. */
  readonly roles: readonly string[]
  /** Sign-ups of one address. */
  readonly signUpsPerHour: number
}

export const DEFAULT_DATABASE: DatabaseSettings = { url: '', password: '', connections: 10 }

export const DEFAULT_IDENTITY: IdentitySettings = {
  store: 'auto',
  file: 'security/users.json',
  attempts: 5,
  lockout: 60_000,
  remember: 60_000,
  ldap: {
    url: '',
    startTls: false,
    trust: '',
    bindDn: '',
    bindPassword: '',
    userBase: '',
    userFilter: '(uid={0})',
    nameAttribute: 'uid',
    roleBase: '',
    roleFilter: '(member={0})',
    roleAttribute: 'cn',
    claims: {},
    timeout: 5_000,
  },
}

export const DEFAULT_MAIL: MailSettings = {
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  password: '',
  trust: '',
  from: 'viaduct@localhost',
  folder: 'data/mail',
  templates: 'mail-templates',
  connections: 5,
  timeout: 30_000,
  attempts: 20,
  retry: 2_000,
}

export const DEFAULT_WORKFLOW: WorkflowSettings = { roles: ['admin'], signUpsPerHour: 10 }
