import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Kit } from './kit.ts'

const OWN = join(import.meta.dirname, 'home')
const LAYOUT = 'synapse-configs/default'

/** Elements of the kit's artifacts that are an issue of their own; resources with one of them are not deployed. */
const LATER =
  /<(?:iterate|aggregate|clone|foreach|cache|throttle|dblookup|dbreport|xslt|xquery|script|store|validate)\b|mailto:/

export interface HomeOptions {
  readonly backend: number
  /** Directory with the certificates that the TLS tool made. */
  readonly certificates?: string
  readonly clientCertificate?: 'off' | 'optional' | 'required'
}

/** Writes a home with our proxies and the route that the reload tool rewrites. */
export function writeHome(kit: Kit, home: string, options: HomeOptions): void {
  for (const folder of ['proxy-services', 'api', 'sequences', 'templates'])
    mkdirSync(join(home, LAYOUT, folder), { recursive: true })
  for (const name of readdirSync(OWN, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.xml')))
    put(home, name, readFileSync(join(OWN, name), 'utf8'), options.backend)
  put(home, 'api/VersionAPI.xml', versionTemplate(kit).replaceAll('@@V@@', '0'), options.backend)
  writeFileSync(join(home, 'viaduct.config.json'), JSON.stringify(settings(options), undefined, 2))
}

/** Adds the parts of the kit's attack API that this bus can run, and the kit's mediators. */
export function writeAttackHome(kit: Kit, home: string, options: HomeOptions): void {
  writeHome(kit, home, options)
  put(home, 'api/AttackAPI.xml', attackApi(kit), options.backend)
  writeMediators(kit, home)
}

/** Where the reload tool rewrites the version API. */
export function versionFile(home: string): string {
  return join(home, LAYOUT, 'api/VersionAPI.xml')
}

export function versionTemplate(kit: Kit): string {
  return readFileSync(kit.path('corpus/synapse/api/VersionAPI.template.xml'), 'utf8')
}

/** Paths of the attack API that are deployed. */
export function deployedPaths(kit: Kit): string[] {
  return [...attackApi(kit).matchAll(/uri-template="([^"]*)"/g)].map(
    ([, path = '']) => `/attack${path.replace(/\/\*$/, '')}`,
  )
}

const RECURSIVE = {
  'cycle-self': ['sequences/kit_self.xml'],
  'cycle-mutual': ['sequences/kit_a.xml', 'sequences/kit_b.xml'],
  'cycle-template': ['templates/kit_tpl.xml'],
}

/** A sequence, a pair of them, or a template of the kit that calls itself without end. */
export type Recursion = keyof typeof RECURSIVE

export const RECURSIONS = Object.keys(RECURSIVE) as Recursion[]

/** A home with one recursion, and the route of the attack API that enters it. */
export function writeRecursiveHome(kit: Kit, home: string, options: HomeOptions, recursion: Recursion): void {
  writeHome(kit, home, options)
  const api = readFileSync(kit.path('corpus/synapse/api/AttackAPI.xml'), 'utf8')
  const route = keepResources(api, (resource) => resource.includes(`uri-template="/${recursion}"`))
  put(home, 'api/AttackAPI.xml', route, options.backend)
  for (const name of RECURSIVE[recursion])
    put(home, name, readFileSync(kit.path('corpus/synapse', name), 'utf8'), options.backend)
}

function put(home: string, name: string, text: string, backend: number): void {
  writeFileSync(
    join(home, LAYOUT, name),
    text.replaceAll('@BACKEND@', String(backend)).replaceAll('127.0.0.1:9000', `127.0.0.1:${backend}`),
  )
}

function attackApi(kit: Kit): string {
  const api = readFileSync(kit.path('corpus/synapse/api/AttackAPI.xml'), 'utf8')
  return keepResources(api, (resource) => !LATER.test(resource) && !resource.includes('uri-template="/cycle-'))
}

function keepResources(api: string, keep: (resource: string) => boolean): string {
  return api.replaceAll(/ *<resource\b[\s\S]*?<\/resource>\n?/g, (resource) => (keep(resource) ? resource : ''))
}

/** The kit's modules under the class names that its API uses; on threads of their own, as untidy modules should be. */
function writeMediators(kit: Kit, home: string): void {
  mkdirSync(join(home, 'mediators'), { recursive: true })
  for (const [, name = ''] of attackApi(kit).matchAll(/<class name="kit\.(\w+)"/g)) {
    const file = kit.path('corpus/mediators', `${name}.mjs`)
    if (!existsSync(file)) continue
    const options = `export const alias = 'kit.${name}'\nexport const isolation = 'worker'\nexport const timeout = 3000\n`
    writeFileSync(join(home, 'mediators', basename(file)), readFileSync(file, 'utf8') + options)
  }
}

/** Short waits, so that a tool sees within seconds what a server would do within a minute. */
function settings({ certificates, clientCertificate = 'off' }: HomeOptions): object {
  const timeouts = {
    headers: 5_000,
    bodyIdle: 5_000,
    answerIdle: 5_000,
    reader: 5_000,
    connect: 5_000,
    handshake: 5_000,
  }
  // Bad and good clients of the kit share one back end, so its pool must not be what the bad ones exhaust.
  const limits = { connectionsPerHost: 4_000 }
  if (certificates === undefined) return { timeouts, limits }
  const file = (name: string) => join(certificates, name)
  const tls = {
    certificate: file('server.crt'),
    key: file('server.key'),
    clientCertificate,
    clientCa: file('ca.crt'),
    trust: file('ca.crt'),
    outboundCertificate: file('client.crt'),
    outboundKey: file('client.key'),
  }
  return { timeouts, limits, http: { tls } }
}

/** Copies the certificates into the home, where settings may name them. */
export function copyCertificates(from: string, home: string): string {
  const to = join(home, 'security')
  cpSync(from, to, { recursive: true })
  return to
}
