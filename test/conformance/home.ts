import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Case } from './cases.ts'

/** Which port of the case became which port on this machine. */
export type PortMap = ReadonlyMap<number, number>

/** Puts the real ports in the place of the ports of the case: `host:8480` in addresses, `>8081<` and `value="8480"` in parameters. */
export function rewritePorts(text: string, ports: PortMap): string {
  return text.replaceAll(/(?<=[\w\])]:|>|\bvalue=["'])(\d{2,5})(?=[^\d\w.:-]|$)/g, (found) =>
    String(ports.get(Number(found)) ?? found),
  )
}

/** Writes the home of a case into `home` and returns the path that `viaduct run` is given. */
export function layOutHome(value: Case, directory: string, home: string, ports: PortMap): string {
  const source = join(directory, value.esb.configDir)
  const put = (from: string, to: string) => {
    const target = join(home, to)
    mkdirSync(dirname(target), { recursive: true })
    const bytes = readFileSync(join(source, from))
    const text = bytes.toString('utf8')
    writeFileSync(target, Buffer.from(text).equals(bytes) ? rewritePorts(text, ports) : bytes)
  }
  mkdirSync(home, { recursive: true })
  const prefix = value.esb.layout === 'synapse-configs' ? 'synapse-configs/default/' : ''
  for (const file of value.esb.files) put(file, prefix + file)
  for (const { key, file } of value.esb.registry ?? []) put(file, registryPath(key))
  for (const { key, file } of value.esb.serverFiles ?? []) put(file, key.replace(/^file:/, ''))
  // Some cases provoke a fault by an endpoint that is not deployed, which Synapse notices only when a message comes.
  const settings = {
    references: 'late',
    egress: { allow: ['localhost', '127.0.0.1'] },
    properties: value.esb.properties ?? {},
  }
  writeFileSync(join(home, 'viaduct.config.json'), `${JSON.stringify(settings, undefined, 2)}\n`)
  const [file] = value.esb.files
  return value.esb.layout === 'definitions' && value.esb.files.length === 1 && file !== undefined
    ? join(home, file)
    : home
}

/** `conf:/a/b` is a file below `registry/config`, `gov:` and keys without a prefix below `registry/governance`. */
function registryPath(key: string): string {
  const [, prefix = 'gov', path = ''] = /^(?:(conf|gov|local):)?\/?(.*)$/.exec(key) ?? []
  return join('registry', { conf: 'config', gov: 'governance', local: 'local' }[prefix] ?? 'governance', path)
}
