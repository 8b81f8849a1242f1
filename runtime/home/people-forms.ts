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
  whole,
} from './setting-forms.ts'

/** Forms of the settings of database, users and mail. */
export const PEOPLE_FORMS: SettingForms = {
  database: group('Where the bus keeps what must not be lost: accounts, workflows, letters under way.', {
    url: text('postgres://user@host:5432/name (needs the package pg); empty is the file data/viaduct.db of the home.'),
    password: secret('Password of the database server.'),
    connections: whole('Connections to the database server.', 1, 1000),
  }),
  identity: group('Where the users are kept.', {
    store: choice(
      ['auto', 'database', 'file', 'ldap'],
      'auto takes the file when it is there, else the database of the bus.',
    ),
    file: text('JSON file with users, relative to the home; needed where passwords must be known in clear (digests).'),
    attempts: whole(
      'Wrong passwords of one caller for one name before it is refused for the time of lockout.',
      1,
      1000,
    ),
    lockout: milliseconds('Wrong passwords are counted, and then refused, for this long.'),
    remember: milliseconds('A password that was right is not hashed again for this long; 0 hashes every time.', 0),
    ldap: group('A directory. Passwords are checked by a bind.', {
      url: text('ldap://host:389 or ldaps://host:636 (needs the package ldapts).'),
      startTls: flag('Secures an ldap:// connection before anything is sent.'),
      trust: file('Authorities that the server is checked against, PEM.'),
      bindDn: text('Who searches; empty searches without a name.'),
      bindPassword: secret('Password of bindDn.'),
      userBase: text('Where users are searched.'),
      userFilter: text('Finds a user; {0} stands for the name.'),
      nameAttribute: text('Attribute with the name of a user.'),
      roleBase: text('Where roles are searched; empty finds none.'),
      roleFilter: text('Finds the roles of a user; {0} stands for his distinguished name, {1} for his name.'),
      roleAttribute: text('Attribute with the name of a role.'),
      claims: dictionary(
        'Attribute of the directory by claim; empty reads email, givenName and lastName from mail, givenName and sn.',
      ),
      timeout: milliseconds('The directory must answer.'),
    }),
  }),
  mail: group('How letters leave.', {
    host: text('SMTP server; empty writes letters into a folder.'),
    port: whole('Port of the SMTP server.', 1, 65_535),
    security: choice(
      ['starttls', 'tls', 'none'],
      'starttls refuses servers that cannot; none is for a server on this machine.',
    ),
    user: text('User of the SMTP server; empty sends without a login.'),
    password: secret('Password of the SMTP server.'),
    trust: file('Authorities that the server is checked against, beside those of the system, PEM.'),
    from: text('Sender of letters that name none.'),
    folder: text('Where letters are written when there is no server, relative to the home.'),
    templates: text('Folder with templates of letters, relative to the home.'),
    connections: whole('Connections to the SMTP server.', 1, 100),
    timeout: milliseconds('The server must take each step of a delivery.'),
    attempts: whole('Deliveries that may fail before a letter is given up.', 1, 1000),
    retry: milliseconds('Time after the first failure; doubled after each, at most an hour.'),
  }),
  workflow: group('Who decides what waits, and how often strangers may ask.', {
    roles: texts('Users with one of these roles decide, through the callback services and in the console.'),
    signUpsPerHour: whole('Sign-ups that one address may send in an hour.', 1, 1_000_000),
  }),
}
