import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type BusProcess, startBus } from '../conformance/bus-process.ts'
import { policy, rule, SUBJECT, target, value } from '../../entitlement/testing/policies.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { Authority } from '../../transports/testing/certificates.ts'

const SUBJECT_ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
const FIRST = 'urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable'

/** Permits alice, permits olga with an obligation, denies bob, knows nobody else. */
export const QUOTES = policy(
  'quotes',
  '<Target/>' +
    rule('alice', 'Permit', target(SUBJECT, SUBJECT_ID, 'alice')) +
    rule(
      'olga',
      'Permit',
      target(SUBJECT, SUBJECT_ID, 'olga') +
        `<ObligationExpressions><ObligationExpression ObligationId="audit" FulfillOn="Permit"><AttributeAssignmentExpression AttributeId="why">${value('she is watched')}</AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>`,
    ) +
    rule('bob', 'Deny', target(SUBJECT, SUBJECT_ID, 'bob')),
  FIRST,
)

const USERS = JSON.stringify({
  users: {
    pep: { password: 'pep & <secret>', roles: ['pep'] },
    other: { password: 'other', roles: [] },
  },
})

/** Name and password of the user that may ask. */
export const PEP = { user: 'pep', password: 'pep & <secret>' }

/** A bus whose policies are served by every protocol, over HTTP and TLS on ports of its own. */
export class DecisionHome implements AsyncDisposable {
  readonly authority: Authority
  readonly folder: TestFolder
  readonly #bus: BusProcess

  private constructor(authority: Authority, folder: TestFolder, bus: BusProcess) {
    this.authority = authority
    this.folder = folder
    this.#bus = bus
  }

  static async open(served: Readonly<Record<string, unknown>> = {}): Promise<DecisionHome> {
    const authority = new Authority('decisions')
    const { certificate, key } = authority.issue('localhost')
    const folder = new TestFolder({
      'policies/quotes.xml': QUOTES,
      'security/users.json': USERS,
      'security/bus.pem': readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'),
      'proxies/Alive.xml':
        '<proxy xmlns="http://ws.apache.org/ns/synapse" name="Alive" transports="http"><target><inSequence><respond/></inSequence></target></proxy>',
      'viaduct.config.json': JSON.stringify({
        http: { tls: { certificate, key } },
        security: { keystore: 'bus.pem' },
        entitlement: {
          served: { soap: true, wsXacml: true, rest: true, authzen: true, thriftPort: 0, roles: ['pep'], ...served },
        },
      }),
    })
    const bus = await startBus(folder.path, { port: 0, httpsPort: 0 })
    const home = new DecisionHome(authority, folder, bus)
    // The log comes by another way than the lines about listeners.
    for (let i = 0; i < 100 && Number.isNaN(home.thriftPort); i++) await wait(20)
    return home
  }

  /** `http://127.0.0.1:port/`. */
  get url(): string {
    return `${this.#bus.listening.find((each) => each.startsWith('http:')) ?? ''}/`
  }

  get secureUrl(): string {
    return `${this.#bus.listening.find((each) => each.startsWith('https:')) ?? ''}/`.replace('127.0.0.1', 'localhost')
  }

  /** Port of the thrift service, as the log tells it. */
  get thriftPort(): number {
    return Number(/thrift decisions on 127\.0\.0\.1:(\d+)/.exec(this.#bus.log())?.[1])
  }

  /** Certificate and key of the bus, PEM. */
  get keystore(): string {
    return readFileSync(this.folder.file('security/bus.pem'), 'utf8')
  }

  get log(): string {
    return this.#bus.log()
  }

  get trust(): string {
    return join(this.authority.folder, 'ca.crt')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bus.stop()
    this.folder[Symbol.dispose]()
    this.authority[Symbol.dispose]()
  }
}
