import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { SmtpServer } from '../../mail/testing/smtp-server.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { main } from '../../cli/main.ts'
import { startBus } from './running-bus.ts'

export interface KillReport {
  readonly kills: number
  /** Decisions that the bus had acknowledged before it was killed. */
  readonly acknowledged: number
  /** Decisions that were kept, acknowledged or not. */
  readonly decided: number
  /** Killed after the decision was kept and before its letter had left. */
  readonly between: number
  /** Acknowledged, but not kept. Must be 0. */
  readonly lost: number
  /** Kept, but no letter came, the account is not as decided, or the step is not done. Must be empty. */
  readonly broken: readonly string[]
  /** Letters that came again: killed after the server took one and before that was noted. */
  readonly duplicates: number
  /** Of these, how many under another message id. Must be 0. */
  readonly foreignDuplicates: number
}

const EXTENSIONS = `<WorkFlowExtensions>
  <UserSignUp executor="UserSignUpApprovalWorkflowExecutor"/>
</WorkFlowExtensions>`

const EMPTY_API = `<api xmlns="http://ws.apache.org/ns/synapse" name="Ping" context="/ping">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
</api>`

const root = `Basic ${Buffer.from('root:root-secret').toString('base64')}`

/** Decides workflows and kills the bus at a random moment after each; then lets it finish, and looks at what is there. */
export async function killLoop(kills: number, random: () => number = Math.random): Promise<KillReport> {
  await using smtp = new SmtpServer()
  const port = await smtp.listen()
  // A lease ends after ten timeouts: what a killed bus had taken is free again soon.
  const mail = { host: '127.0.0.1', port, security: 'none', timeout: 100, retry: 50 }
  const settings = { mail, workflow: { signUpsPerHour: 1_000_000 }, watch: false }
  using home = new TestFolder({
    'workflow-extensions.xml': EXTENSIONS,
    'apis/ping.xml': EMPTY_API,
    'viaduct.config.json': JSON.stringify(settings),
  })
  const io = { out() {}, error() {}, environment: {}, cwd: home.path, terminal: false }
  await main(['user', 'add', 'root', '--password', 'root-secret', '--role', 'admin'], io)
  const asked: { reference: string; wanted: string; acknowledged: boolean; between: boolean }[] = []
  for (let i = 0; i < kills; i++) {
    const bus = await startBus(home.path)
    const reference = await signUp(bus.url, `user${i}`)
    const wanted = i % 2 === 0 ? 'APPROVED' : 'REJECTED'
    // Warm, so that the time of the decision is that of the decision and not of checking a password.
    await fetch(`${bus.url}/api/am/admin/v1/workflows`, { headers: { Authorization: root } })
    const decision = decide(bus.url, reference, wanted)
    await sleep(random() ** 2 * 120)
    await bus.kill()
    const kept = statusOf(home, reference) === wanted
    const sent = smtp.received.some(({ to }) => to.includes(`user${i}@example.com`))
    asked.push({ reference, wanted, acknowledged: await decision, between: kept && !sent })
  }
  {
    await using bus = await startBus(home.path)
    await untilIdle(home)
    void bus
  }
  return judge(home, smtp, asked)
}

async function signUp(url: string, userName: string): Promise<string> {
  const body = JSON.stringify({ userName, password: 'a-long-password', email: `${userName}@example.com` })
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${url}/signup/users`, { method: 'POST', headers, body })
  const { reference } = (await answer.json()) as { reference: string }
  return reference
}

/** Whether the bus said that it has taken the decision. */
async function decide(url: string, reference: string, status: string): Promise<boolean> {
  const headers = { 'Content-Type': 'application/json', Authorization: root }
  const target = `${url}/api/am/admin/v1/workflows/update-workflow-status?workflowReferenceId=${reference}`
  try {
    const answer = await fetch(target, { method: 'POST', headers, body: JSON.stringify({ status, description: 'x' }) })
    return answer.status === 200
  } catch {
    return false
  }
}

function ask<T>(home: TestFolder, question: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(home.file('data/viaduct.db'))
  try {
    database.exec('PRAGMA busy_timeout = 5000')
    return question(database)
  } finally {
    database.close()
  }
}

const statusOf = (home: TestFolder, reference: string): unknown =>
  ask(
    home,
    (database) => database.prepare('SELECT status FROM workflows WHERE reference = ?').get(reference)?.['status'],
  )

/** Until no step and no letter waits any more. */
async function untilIdle(home: TestFolder): Promise<void> {
  const sql = `SELECT (SELECT COUNT(*) FROM workflows WHERE step <> '') + (SELECT COUNT(*) FROM letters WHERE state = 'queued') AS n`
  for (let i = 0; i < 600; i++) {
    if (ask(home, (database) => database.prepare(sql).get()?.['n']) === 0) return
    await sleep(100)
  }
}

function judge(
  home: TestFolder,
  smtp: SmtpServer,
  asked: readonly { reference: string; wanted: string; acknowledged: boolean; between: boolean }[],
): KillReport {
  const broken: string[] = []
  let [decided, lost, duplicates, foreignDuplicates] = [0, 0, 0, 0]
  for (const [i, { reference, wanted, acknowledged }] of asked.entries()) {
    const letters = smtp.received.filter(({ to }) => to.includes(`user${i}@example.com`))
    const row = ask(home, (database) =>
      database.prepare('SELECT status, step FROM workflows WHERE reference = ?').get(reference),
    )
    const account = ask(home, (database) => database.prepare('SELECT state FROM users WHERE key = ?').get(`user${i}`))
    const kept = row?.['status'] === wanted
    if (acknowledged && !kept) lost++
    const state = !kept ? 'pending' : wanted === 'APPROVED' ? 'active' : undefined
    if (account?.['state'] !== state) broken.push(`${reference}: the account is ${String(account?.['state'])}`)
    if (row?.['step'] !== '') broken.push(`${reference}: the step ${String(row?.['step'])} is not done`)
    if (kept ? letters.length === 0 : letters.length > 0) broken.push(`${reference}: ${letters.length} letters`)
    if (!kept) continue
    decided++
    const ids = new Set(letters.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]))
    duplicates += Math.max(0, letters.length - 1)
    foreignDuplicates += Math.max(0, ids.size - 1)
  }
  const acknowledged = asked.filter((each) => each.acknowledged).length
  const between = asked.filter((each) => each.between).length
  return { kills: asked.length, acknowledged, decided, between, lost, broken, duplicates, foreignDuplicates }
}
