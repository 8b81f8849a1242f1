import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseXml, printXml, type XmlDocument } from 'viaduct'
import type { Identity } from '../../security/testing/certificates.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** What is missing for the peer: Java, Maven, or the libraries that Maven fetches. On a build server all have to be there. */
export function missingPeerTools(): string[] {
  const missing = ['java', 'mvn'].filter((tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).status !== 0)
  if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`${missing.join(' and ')} are needed`)
  return missing
}

/** WSS4J 2 with OpenSAML, in a process of its own. */
export class TokenPeer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'viaduct-token-peer-'))
  readonly #classPath: string

  constructor(identities: Readonly<Record<string, Identity>>) {
    const list = join(this.#folder, 'class-path')
    execFileSync(
      'mvn',
      ['-q', '-B', '-f', here('pom.xml'), 'dependency:build-classpath', `-Dmdep.outputFile=${list}`],
      { stdio: 'pipe' },
    )
    this.#classPath = readFileSync(list, 'utf8')
    execFileSync('javac', ['-nowarn', '-cp', this.#classPath, '-d', this.#folder, here('TokenPeer.java')], {
      stdio: 'pipe',
    })
    for (const [alias, { certificate, privateKey }] of Object.entries(identities)) {
      writeFileSync(join(this.#folder, `${alias}.crt`), certificate.raw)
      writeFileSync(join(this.#folder, `${alias}.key`), privateKey.export({ format: 'der', type: 'pkcs8' }))
    }
  }

  /** Runs commands; the answers are in their order. */
  run(commands: readonly string[]): string[] {
    const classPath = `${this.#folder}:${this.#classPath}`
    const output = execFileSync('java', ['-cp', classPath, 'TokenPeer', this.#folder], {
      input: `${commands.join('\n')}\n`,
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return output.trimEnd().split('\n')
  }

  written(name: string): XmlDocument {
    return parseXml(readFileSync(join(this.#folder, `${name}.xml`), 'utf8'))
  }

  write(name: string, document: XmlDocument): void {
    writeFileSync(join(this.#folder, `${name}.xml`), printXml(document))
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
