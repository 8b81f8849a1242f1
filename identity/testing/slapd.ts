import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestFolder } from '../../runtime/testing/folder.ts'

const PROGRAM = '/usr/sbin/slapd'

export const slapdPresent = existsSync(PROGRAM)

/** The line a test prints instead of running. */
export const SLAPD_MISSING = 'skipped: slapd is not installed (apt-get install slapd)'

export interface Slapd extends AsyncDisposable {
  readonly url: string
  /** PEM file of the authority that signed its certificate. */
  readonly authority: string
}

const CONFIGURATION = `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile FOLDER/server.pem
TLSCertificateKeyFile FOLDER/server.key
disallow bind_anon
require authc
database mdb
suffix "dc=example,dc=com"
rootdn "cn=admin,dc=example,dc=com"
rootpw admin-secret
directory FOLDER/data
`

const person = (uid: string, password: string, extra = ''): string => `
dn: uid=${uid},ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid} of example
sn: Example
givenName: ${uid}
mail: ${uid}@example.com
userPassword: ${password}
${extra}`

const ENTRIES = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=roles,dc=example,dc=com
objectClass: organizationalUnit
ou: roles
${person('alice', 'alice-secret')}
${person('bob', 'bob-secret')}
dn: cn=clerk,ou=roles,dc=example,dc=com
objectClass: groupOfNames
cn: clerk
member: uid=alice,ou=people,dc=example,dc=com
member: uid=bob,ou=people,dc=example,dc=com

dn: cn=admin,ou=roles,dc=example,dc=com
objectClass: groupOfNames
cn: admin
member: uid=alice,ou=people,dc=example,dc=com
`

/** A directory of its own on a free port of loopback, with alice (clerk, admin) and bob (clerk). */
export async function startSlapd(): Promise<Slapd> {
  const folder = new TestFolder({ 'entries.ldif': ENTRIES, 'data/.keep': '' })
  folder.write('slapd.conf', CONFIGURATION.replaceAll('FOLDER', folder.path))
  const key = folder.file('server.key')
  const authority = folder.file('server.pem')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', authority, ...subject],
    { stdio: 'ignore' },
  )
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', folder.file('slapd.conf'), '-l', folder.file('entries.ldif')])
  const port = await freePort()
  const server = spawn(PROGRAM, ['-h', `ldap://localhost:${port}`, '-f', folder.file('slapd.conf'), '-d', '0'], {
    stdio: 'ignore',
  })
  const exited = new Promise((resolve) => server.once('exit', resolve))
  await untilOpen(port)
  return {
    url: `ldap://localhost:${port}`,
    authority,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM')
      await exited
      folder[Symbol.dispose]()
    },
  }
}

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, 'localhost', () => (socket.destroy(), resolve(true)))
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await sleep(50)
  }
  throw new Error('slapd does not answer')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
