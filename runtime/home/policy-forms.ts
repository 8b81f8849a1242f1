import {
  choice,
  dictionary,
  file,
  flag,
  group,
  milliseconds,
  secret,
  type SettingForms,
  text,
  texts,
} from './setting-forms.ts'

const SOURCE: SettingForms = {
  attributes: dictionary(
    'Attributes that are found, by identifier: the name there, and the data type when it is not a string, as in "employeeNumber integer".',
  ),
  category: text('Category of the attributes and of the key.'),
  key: text('The attribute of the request that names whom to look for.'),
  timeout: milliseconds('The source must have answered.'),
}

/** Forms of the settings of policies. */
export const POLICY_FORMS: SettingForms = {
  policies: group('How the XACML policies in policies/ decide.', {
    combining: text('How several policies are combined: deny-overrides, permit-overrides, first-applicable …'),
    roots: texts('Identifiers of the policies to start with; empty starts with all that no other policy refers to.'),
    time: choice(
      ['request-or-clock', 'clock', 'request'],
      'Where the current time comes from: the clock unless a request says it, the clock always, or requests alone.',
    ),
    ldap: group('Attributes from a directory. Needs the package ldapts.', {
      url: text('ldap:// or ldaps://; empty is no source.'),
      startTls: flag('Encrypts a connection of ldap://.'),
      trust: file('Authorities that the server is checked against, PEM.'),
      bindDn: text('Who asks; empty asks anonymously.'),
      bindPassword: secret('Password of bindDn.'),
      base: text('Where to search.'),
      filter: text('{0} stands for the value of the key.'),
      ...SOURCE,
    }),
    sql: group('Attributes from a database.', {
      database: text(
        'Empty is the database of the bus; else postgres://user@host/name (needs the package pg) or a file of SQLite.',
      ),
      password: secret('Password of the database server.'),
      query: text('A SELECT in which ? stands for the value of the key; empty is no source.'),
      ...SOURCE,
    }),
  }),
}
