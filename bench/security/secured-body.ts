import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfiguration, parseXml, printXml } from 'viaduct'
import { Keyring, readKeystore } from '../../security/keys/index.ts'
import { compileProtection } from '../../security/policy/protect-compiler.ts'
import { readPolicies } from '../../security/policy/read-policy.ts'
import { PolicyReports } from '../../security/policy/reader.ts'
import { protect } from '../../security/protect.ts'

const fail = (_code: string, message: string): never => {
  throw new Error(message)
}

/**
 * A request as a client secures it for a proxy of the home. Its policies have no Timestamp, so that one message may come again and
 * again; everything else is done for each.
 */
export function securedBody(body: string, policyName: string, home: string): string {
  const file = join(home, 'policies', `${policyName}.xml`)
  const [policy] = readPolicies([parseConfiguration(readFileSync(file, 'utf8'), file).root], {
    find: () => undefined,
    fail,
  })
  if (policy === undefined) throw new Error(`${file} has no alternative`)
  const entries = ['client', 'service'].flatMap((name) =>
    readKeystore(readFileSync(join(home, 'security', `${name}.pem`)), name),
  )
  const ring = new Keyring(entries)
  const keys = {
    identity: ring.identity('client'),
    recipient: ring.certificate('service'),
    trusted: ring,
    decryption: ring,
  }
  const { plan } = compileProtection({ policy, sender: 'initiator', keys, reports: new PolicyReports(fail) })
  const envelope = parseXml(body)
  protect(envelope, plan, { now: Date.now(), random: randomBytes })
  return printXml(envelope)
}
