import { execFile, spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../cli/main.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { type RunningBus, startBus } from './running-bus.ts'

const run = promisify(execFile)

const addRoot = (home: TestFolder): Promise<number> => {
  const io = { out() {}, error() {}, environment: {}, cwd: home.path, terminal: false }
  return main(['user', 'add', 'root', '--password', 'root-secret', '--role', 'admin'], io)
}

const root = `Basic ${Buffer.from('root:root-secret').toString('base64')}`

async function signUp({ url }: RunningBus, userName: string): Promise<string> {
  const body = JSON.stringify({
    userName,
    password: 'a-long-password',
    email: `${userName}@example.com`,
    givenName: 'A',
  })
  const answer = await fetch(`${url}/signup/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })
  return ((await answer.json()) as { reference: string }).reference
}

async function decide({ url }: RunningBus, reference: string, status: string): Promise<void> {
  const target = `${url}/api/am/admin/v1/workflows/update-workflow-status?workflowReferenceId=${reference}`
  const headers = { 'Content-Type': 'application/json', Authorization: root }
  const body = JSON.stringify({ status, description: 'as you wish' })
  const answer = await fetch(target, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
}

describe('an executor of your own, as in the sample', () => {
  const home = new TestFolder()
  let bus: RunningBus
  beforeAll(async () => {
    cpSync('samples/self-signup', home.path, { recursive: true })
    rmSync(home.file('data'), { recursive: true, force: true })
    await addRoot(home)
    bus = await startBus(home.path)
  })
  afterAll(async () => {
    await bus[Symbol.asyncDispose]()
    home[Symbol.dispose]()
  })

  /** Calls the proxy of the sample with a UsernameToken. */
  const callProxy = async (user: string) => {
    const out: string[] = []
    const io = {
      out: (line: string) => void out.push(line),
      error: (line: string) => void out.push(line),
      environment: {},
      cwd: home.path,
      terminal: false,
    }
    const login = [
      '--policy',
      home.file('policy.xml'),
      '--body',
      home.file('list.xml'),
      '--user',
      user,
      '--password',
      'a-long-password',
    ]
    const status = await main(['call', `${bus.url}/services/OrderService`, ...login], io)
    return { status, text: out.join('\n') }
  }
  const letters = (): string[] => {
    try {
      const folder = home.file('data/mail')
      return readdirSync(folder)
        .filter((name) => name.endsWith('.eml'))
        .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('=\r\n', ''))
    } catch {
      return []
    }
  }
  const letterTo = async (address: string): Promise<string> => {
    const found = () => letters().find((each) => each.includes(`To: ${address}`))
    await expect.poll(found, { timeout: 10_000 }).toBeDefined()
    return found() ?? ''
  }

  test('writes its letter, lets the approved user into the secured proxy, and deletes the rejected one', async () => {
    await decide(bus, await signUp(bus, 'alice'), 'APPROVED')
    const approved = await letterTo('alice@example.com')
    expect(approved).toContain('Subject: Your account alice was approved')
    expect(approved).toContain('You can use it now: http://localhost:8280/orders')
    expect(await callProxy('alice')).toMatchObject({ status: 0, text: expect.stringContaining('<user>alice</user>') })
    const bob = await signUp(bus, 'bob')
    expect((await callProxy('bob')).text).toContain('wsse:')
    await decide(bus, bob, 'REJECTED')
    const rejected = await letterTo('bob@example.com')
    expect(rejected).toContain('Hello A')
    expect(rejected).not.toContain('You can use it now')
    expect(letters().filter((each) => each.includes('To: bob@example.com'))).toHaveLength(1)
  })

  test('is edited while the bus runs: the next decision takes the new one', async () => {
    const file = 'mediators/sign-up-with-welcome.ts'
    const source = readFileSync(home.file(file), 'utf8')
    const reference = await signUp(bus, 'carol')
    home.write(file, source.replace("'sign-up-outcome'", "'not-there'").replace('Your request was', 'Edited:'))
    await expect.poll(() => bus.output(), { timeout: 10_000 }).toContain('deployment 2 is live')
    await decide(bus, reference, 'APPROVED')
    expect(await letterTo('carol@example.com')).toContain('Subject: Edited: approved')
  })

  test('that throws leaves the decision as it is, and is done again when it is mended', async () => {
    const file = 'mediators/sign-up-with-welcome.ts'
    const source = readFileSync(home.file(file), 'utf8')
    home.write(
      file,
      source.replace(
        'await super.complete(workflow)',
        "await super.complete(workflow)\n    throw new Error('the moon is full')",
      ),
    )
    await expect.poll(() => bus.output(), { timeout: 10_000 }).toContain('deployment 3 is live')
    await decide(bus, await signUp(bus, 'dora'), 'APPROVED')
    await expect.poll(() => bus.output(), { timeout: 10_000 }).toContain('the moon is full')
    const login = async () => {
      const Authorization = `Basic ${Buffer.from('dora:a-long-password').toString('base64')}`
      return (await fetch(`${bus.url}/orders`, { headers: { Authorization } })).status
    }
    expect(await login()).toBe(403)
    home.write(file, source)
    await expect.poll(() => bus.output(), { timeout: 10_000 }).toContain('deployment 4 is live')
    await expect.poll(login, { timeout: 15_000 }).toBe(200)
    expect(letters().filter((each) => each.includes('To: dora@example.com'))).toHaveLength(1)
  })

  test('that cannot be loaded, or is named wrong, refuses the change and the bus goes on', async () => {
    home.write(
      'workflow-extensions.xml',
      readFileSync(home.file('workflow-extensions.xml'), 'utf8').replace('SignUpWithWelcome"', 'SignUpWithWelcom"'),
    )
    await expect
      .poll(() => bus.output(), { timeout: 10_000 })
      .toMatch(
        /workflow-extensions\.xml:3:\d+ error class-unknown: there is no class \\"SignUpWithWelcom\\".*did you mean \\"SignUpWithWelcome\\"/,
      )
    await decide(bus, await signUp(bus, 'emil'), 'APPROVED')
    expect(await letterTo('emil@example.com')).toBeDefined()
  })
})

describe('a mediator of your own, as in the guide', () => {
  test('begins a workflow that is decided in the console or by others', async () => {
    const guide = readFileSync('docs/guide/workflows.md', 'utf8')
    const module = /```ts\n(import \{ defineMediator[\s\S]*?)```/.exec(guide)?.[1] ?? ''
    using home = new TestFolder({
      'workflow-extensions.xml':
        '<WorkFlowExtensions><ApplicationCreation executor="ApplicationCreationApprovalWorkflowExecutor"/></WorkFlowExtensions>',
      'mediators/ask.ts': module,
      'apis/applications.xml': `<api xmlns="http://ws.apache.org/ns/synapse" name="Applications" context="/applications">
        <resource methods="POST" uri-template="/{name}">
          <inSequence>
            <property name="application" expression="get-property('uri.var.name')"/>
            <askForApplication xmlns="urn:acme"/>
            <payloadFactory media-type="json"><format>{"reference": "$1"}</format>
              <args><arg expression="get-property('reference')"/></args></payloadFactory>
            <respond/>
          </inSequence>
        </resource>
        <handlers><handler class="org.wso2.rest.BasicAuthHandler"/></handlers>
      </api>`,
    })
    await addRoot(home)
    await using bus = await startBus(home.path)
    const headers = { Authorization: root }
    const answer = await fetch(`${bus.url}/applications/Shop`, { method: 'POST', headers })
    const { reference } = (await answer.json()) as { reference: string }
    const list = await (await fetch(`${bus.url}/api/am/admin/v1/workflows`, { headers })).json()
    expect(list).toMatchObject({
      list: [{ referenceId: reference, subject: 'Shop', properties: { userName: 'root', tier: 'Gold' } }],
    })
    await decide(bus, reference, 'APPROVED')
    expect(await (await fetch(`${bus.url}/api/am/admin/v1/workflows`, { headers })).json()).toMatchObject({ count: 0 })
  })
})

describe('the WS executor', () => {
  const asked: { headers: IncomingHttpHeaders; body: string }[] = []
  let service: Server
  let down = true
  let home: TestFolder
  let bus: RunningBus
  beforeAll(async () => {
    service = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        if (!down) asked.push({ headers: request.headers, body })
        response.writeHead(down ? 503 : 202).end()
      })
    })
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    const { port } = service.address() as AddressInfo
    home = new TestFolder({
      'workflow-extensions.xml': `<WorkFlowExtensions>
        <UserSignUp executor="org.wso2.carbon.apimgt.impl.workflow.UserSignUpWSWorkflowExecutor">
          <Property name="serviceEndpoint">http://127.0.0.1:${port}/services/UserSignupProcess/</Property>
          <Property name="username">bps</Property>
          <Property name="password">$SYSTEM:BPS_PASSWORD</Property>
          <Property name="callbackURL">https://bus/a?b=1&amp;c=2</Property>
        </UserSignUp>
      </WorkFlowExtensions>`,
      'proxies/.keep': '',
      'apis/ping.xml':
        '<api xmlns="http://ws.apache.org/ns/synapse" name="Ping" context="/ping"><resource methods="GET"><inSequence><respond/></inSequence></resource></api>',
    })
    await addRoot(home)
    bus = await startBus(home.path, { BPS_PASSWORD: 'bps-secret' })
  })
  afterAll(async () => {
    await bus[Symbol.asyncDispose]()
    home[Symbol.dispose]()
    service.closeAllConnections()
    await new Promise((resolve) => service.close(resolve))
  })

  test('calls the service by SOAP, again while it is down, and is resumed by a client of the WSDL', async (context) => {
    const reference = await signUp(bus, 'alice')
    await expect.poll(() => bus.output(), { timeout: 10_000 }).toContain('the workflow service answered 503')
    down = false
    await expect.poll(() => asked.length, { timeout: 15_000 }).toBe(1)
    const [{ headers, body } = { headers: {}, body: '' }] = asked
    expect(headers['soapaction']).toBe('"http://workflow.registeruser.apimgt.carbon.wso2.org/initiate"')
    expect(headers['content-type']).toBe('text/xml; charset=UTF-8')
    expect(headers.authorization).toBe(`Basic ${Buffer.from('bps:bps-secret').toString('base64')}`)
    expect(body).toContain(
      '<wor:UserSignupProcessRequest xmlns:wor="http://workflow.registeruser.apimgt.carbon.wso2.org">',
    )
    expect(body).toContain('<wor:userName>alice</wor:userName><wor:tenantDomain>carbon.super</wor:tenantDomain>')
    expect(body).toContain(`<wor:workflowExternalRef>${reference}</wor:workflowExternalRef>`)
    expect(body).toContain('<wor:callBackURL>https://bus/a?b=1&amp;c=2</wor:callBackURL>')
    if (process.env['CI'] !== 'true' && spawnSync('python3', ['-c', 'import zeep']).status !== 0)
      context.skip('zeep is not installed (pip install zeep)')
    const zeep = async (password: string, status: string) => {
      const wsdl = `${bus.url}/services/WorkflowCallbackService?wsdl`
      const args = [wsdl, 'root', password, reference, status, 'a < b & c']
      return JSON.parse((await run('python3', ['test/workflow/resume.py', ...args])).stdout) as object
    }
    expect(await zeep('wrong', 'APPROVED')).toMatchObject({ fault: 'Log in' })
    expect(await zeep('root-secret', 'APPROVED')).toEqual({ error: 'false', message: 'OK' })
    expect(await zeep('root-secret', 'APPROVED')).toEqual({ error: 'false', message: 'OK' })
    expect(await zeep('root-secret', 'REJECTED')).toMatchObject({ fault: 'the workflow is APPROVED already' })
    expect(asked).toHaveLength(1)
    expect(bus.output()).not.toContain('bps-secret')
  })
})
