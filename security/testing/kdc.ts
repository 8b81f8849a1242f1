import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TOOLS = ['/usr/sbin/krb5kdc', '/usr/sbin/kdb5_util', '/usr/sbin/kadmin.local', '/usr/bin/kinit', '/usr/bin/kvno']

/** Programs of MIT Kerberos (Debian: krb5-kdc, krb5-admin-server, krb5-user) that are not here; on a build server they have to be. */
export function missingKdcTools(): readonly string[] {
  const missing = TOOLS.filter((tool) => !existsSync(tool))
  if (missing.length > 0 && process.env['CI'] === 'true')
    throw new Error(`${missing.join(', ')} are needed: install krb5-kdc, krb5-admin-server and krb5-user`)
  return missing
}

/** A KDC of MIT Kerberos on loopback, with its own database in a temporary folder. */
export class TestKdc {
  readonly realm = 'TEST.EXAMPLE'
  readonly port: number
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(port: number, folder: string, process: ChildProcess) {
    this.port = port
    this.#folder = folder
    this.#process = process
  }

  static async start(): Promise<TestKdc> {
    const folder = mkdtempSync(join(tmpdir(), 'viaduct-kdc-'))
    const port = await freePort()
    const types = 'aes256-sha2:normal aes128-sha2:normal aes256-cts:normal aes128-cts:normal rc4-hmac:normal'
    writeFileSync(
      join(folder, 'krb5.conf'),
      `[libdefaults]
default_realm = TEST.EXAMPLE
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
allow_weak_crypto = true
udp_preference_limit = 1
permitted_enctypes = aes256-sha2 aes128-sha2 aes256-cts aes128-cts rc4-hmac
[realms]
TEST.EXAMPLE = {
  kdc = 127.0.0.1:${port}
}
[logging]
kdc = FILE:${folder}/kdc.log
`,
    )
    writeFileSync(
      join(folder, 'kdc.conf'),
      `[kdcdefaults]
kdc_listen = 127.0.0.1:${port}
kdc_tcp_listen = 127.0.0.1:${port}
[realms]
TEST.EXAMPLE = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  acl_file = ${folder}/acl
  supported_enctypes = ${types}
  max_life = 10h
}
`,
    )
    const environment = environmentOf(folder)
    execFileSync('/usr/sbin/kdb5_util', ['create', '-s', '-r', 'TEST.EXAMPLE', '-P', 'master'], {
      env: environment,
      stdio: 'ignore',
    })
    const child = spawn('/usr/sbin/krb5kdc', ['-n', '-r', 'TEST.EXAMPLE', '-P', join(folder, 'pid')], {
      env: environment,
      stdio: 'ignore',
    })
    const kdc = new TestKdc(port, folder, child)
    await kdc.#ready()
    return kdc
  }

  /** Runs commands of kadmin. */
  admin(...commands: readonly string[]): void {
    for (const command of commands)
      execFileSync('/usr/sbin/kadmin.local', ['-r', this.realm, '-q', command], {
        env: this.environment,
        stdio: 'ignore',
      })
  }

  /** Writes keys of principals into a keytab, without changing them. */
  keytab(name: string, ...principals: readonly string[]): Buffer {
    const file = this.file(name)
    this.admin(...principals.map((principal) => `ktadd -norandkey -k ${file} ${principal}`))
    return readFileSync(file)
  }

  file(name: string): string {
    return join(this.#folder, name)
  }

  get environment(): NodeJS.ProcessEnv {
    return environmentOf(this.#folder)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill()
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const log = existsSync(this.file('kdc.log')) ? readFileSync(this.file('kdc.log'), 'utf8') : ''
      if (log.includes('commencing operation')) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`the KDC does not start: ${readFileSync(this.file('kdc.log'), 'utf8')}`)
  }
}

const environmentOf = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  KRB5_CONFIG: join(folder, 'krb5.conf'),
  KRB5_KDC_PROFILE: join(folder, 'kdc.conf'),
  KRB5CCNAME: `FILE:${join(folder, 'ccache')}`,
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
