import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether certificates can be made here at all; node:crypto cannot make X.509. */
export const openssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

export interface Issue {
  readonly san?: string
  readonly usage?: 'serverAuth' | 'clientAuth'
  readonly days?: number
  /** Dates instead of days, for certificates of the past. */
  readonly dates?: readonly [from: string, to: string]
}

/** A certificate authority in a folder of its own that goes away with it. */
export class Authority implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'viaduct-tls-'))
  readonly certificate = this.path('ca.crt')

  constructor(name: string) {
    this.#run(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    )
    writeFileSync(this.path('index.txt'), '')
    writeFileSync(this.path('serial'), '1000\n')
    writeFileSync(this.path('crlnumber'), '01\n')
    writeFileSync(
      this.path('ca.cnf'),
      '[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nserial=serial\ncrlnumber=crlnumber\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ndefault_days=30\ndefault_crl_days=30\nunique_subject=no\n[p]\ncommonName=supplied\n',
    )
  }

  path(file: string): string {
    return join(this.folder, file)
  }

  /** Issues `name.crt` with `name.key` and gives both paths. */
  issue(
    name: string,
    { san = 'DNS:localhost,IP:127.0.0.1', usage = 'serverAuth', dates }: Issue = {},
  ): { certificate: string; key: string } {
    writeFileSync(
      this.path(`${name}.ext`),
      `[v]\nbasicConstraints=CA:FALSE\nextendedKeyUsage=${usage}\n${san === '' ? '' : `subjectAltName=${san}\n`}`,
    )
    this.#run(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    const validity = dates === undefined ? [] : ['-startdate', dates[0], '-enddate', dates[1]]
    this.#run(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-cert',
      'ca.crt',
      '-keyfile',
      'ca.key',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.crt`,
      '-notext',
      '-extfile',
      `${name}.ext`,
      '-extensions',
      'v',
      ...validity,
    )
    return { certificate: this.path(`${name}.crt`), key: this.path(`${name}.key`) }
  }

  /** Revokes a certificate and gives the path of the list. */
  revoke(name: string): string {
    this.#run('ca', '-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-revoke', `${name}.crt`)
    this.#run('ca', '-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-gencrl', '-out', 'ca.crl')
    return this.path('ca.crl')
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #run(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' })
  }
}
