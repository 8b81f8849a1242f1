import { expect, test } from 'vitest'
import { type FacilityMap, Modules, systemPlatform, type Workflow } from 'viaduct'
import { TestFolder } from '../runtime/testing/folder.ts'
import { eachDatabase } from '../stores/testing/each-database.ts'
import { artifact, memoryBus } from '../test/memory-bus.ts'
import { UserSignUpApprovalWorkflowExecutor, WorkflowExecutor, type WorkflowResponse } from './index.ts'

const API = artifact(`<api name="Ping" context="/ping">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
</api>`)

type ExecutorClass = new () => WorkflowExecutor

/** Classes as if modules of `mediators/` exported them. */
const modulesOf = (classes: Readonly<Record<string, ExecutorClass>>): Modules =>
  new Modules(
    Object.entries(classes).map(([name, create]) => ({
      kind: 'extension',
      extension: 'workflow-executor',
      create,
      names: [name],
      exportName: name,
      file: `${name}.ts`,
      url: '',
      isolation: 'none',
      timeout: 1_000,
    })),
  )

abstract class Applications extends WorkflowExecutor {
  override getWorkflowType(): string {
    return 'AM_APPLICATION_CREATION'
  }
}

/** Signs bob up: his account and its workflow are made together, as the sign-up service does it. */
async function signUp(
  { users, workflows }: Pick<FacilityMap, 'users' | 'workflows'>,
  roles: readonly string[] = [],
  claims: ReadonlyMap<string, string> = new Map(),
): Promise<Workflow> {
  const enrol = await users.accounts?.prepare({ name: 'bob', password: 'x', state: 'pending', roles, claims })
  return workflows.submit({
    type: 'AM_USER_SIGNUP',
    subject: 'bob',
    actor: 'bob',
    together: async (queries, reference) => void (await enrol?.(queries, reference)),
  })
}

eachDatabase(({ settings }) => {
  let number = 0
  const busOf = async (create: ExecutorClass, element = 'ApplicationCreation', properties = '') => {
    const home = new TestFolder({
      'workflow-extensions.xml': `<WorkFlowExtensions><${element} executor="com.acme.Mine">${properties}</${element}></WorkFlowExtensions>`,
    })
    const bus = await memoryBus(
      { 'ping.xml': API },
      {
        home: home.path,
        modules: modulesOf({ Mine: create }),
        settings: { database: await settings(`engine${++number}`) },
        platform: systemPlatform,
      },
    )
    expect(bus.diagnostics).toEqual([])
    const facility = <K extends keyof FacilityMap>(name: K): FacilityMap[K] => {
      const found = bus.bus.deployment?.facility(name)
      if (found === undefined) throw new Error(`no ${name}`)
      return found
    }
    return {
      workflows: facility('workflows'),
      mail: facility('mail'),
      users: facility('users'),
      log: bus.services.log,
      async [Symbol.asyncDispose]() {
        await bus.bus.stop()
        home[Symbol.dispose]()
      },
    }
  }
  const application = { type: 'AM_APPLICATION_CREATION', subject: 'Shop', actor: 'alice' }

  test('an executor is asked to execute, then to clean up and complete, each with a fresh object', async () => {
    const seen: string[] = []
    const objects = new Set<object>()
    class Mine extends Applications {
      override async execute({ subject, status }: Workflow): Promise<void> {
        objects.add(this)
        seen.push(`execute ${subject} ${status}`)
      }
      override async cleanUpPendingTask(reference: string): Promise<void> {
        seen.push(`clean up ${reference.length}`)
      }
      override async complete({ status, comment }: Workflow): Promise<void> {
        objects.add(this)
        seen.push(`complete ${status} ${comment}`)
      }
    }
    await using bus = await busOf(Mine)
    const { reference } = await bus.workflows.submit(application)
    await bus.workflows.decide(reference, 'REJECTED', 'root', 'no')
    expect(seen).toEqual(['execute Shop CREATED', 'clean up 36', 'complete REJECTED no'])
    expect(objects.size).toBe(2)
  })

  test('properties go to setters and fields, in the type of the field', async () => {
    const seen: unknown[] = []
    class Mine extends Applications {
      days = 1
      strict = false
      #to = ''
      setTo(value: string): void {
        this.#to = value
      }
      override async execute(): Promise<void> {
        seen.push(this.days, this.strict, this.#to)
      }
    }
    const properties =
      '<Property name="days"> 30 </Property><Property name="strict">true</Property><Property name="to">a@b</Property>'
    await using bus = await busOf(Mine, 'ApplicationCreation', properties)
    await bus.workflows.submit(application)
    expect(seen).toEqual([30, true, 'a@b'])
  })

  test('a decision of the executor itself is completed at once, and an approval can be registered', async () => {
    class Mine extends Applications {
      override async execute(): Promise<WorkflowResponse> {
        return { status: 'APPROVED', comment: 'by rule' }
      }
      override async complete(): Promise<WorkflowResponse> {
        return { status: 'REGISTERED' }
      }
    }
    await using bus = await busOf(Mine)
    const workflow = await bus.workflows.submit(application)
    expect(workflow).toMatchObject({ status: 'REGISTERED', step: '' })
    const history = await bus.workflows.history(workflow.reference)
    expect(history.map(({ status, actor }) => `${status} ${actor}`)).toEqual([
      'CREATED alice',
      'APPROVED executor',
      'REGISTERED executor',
    ])
    const late = await bus.workflows.decide(workflow.reference, 'REJECTED', 'root', '')
    expect(late).toMatchObject({ outcome: 'late', workflow: { status: 'REGISTERED' } })
  })

  test('what a step wanted is not done when it throws, and done once when it succeeds later', async () => {
    let failing = true
    class Mine extends Applications {
      override async complete({ subject }: Workflow): Promise<void> {
        this.sendMail({ to: ['alice@example.com'], subject })
        if (failing) throw new Error('not today')
      }
    }
    await using bus = await busOf(Mine)
    const { reference } = await bus.workflows.submit(application)
    const decision = await bus.workflows.decide(reference, 'APPROVED', 'root', '')
    expect(decision).toMatchObject({
      outcome: 'decided',
      workflow: { status: 'APPROVED', step: 'complete', attempts: 1, error: 'not today' },
    })
    expect(await bus.mail.letters(reference)).toEqual([])
    failing = false
    await bus.workflows.retry(reference)
    expect(await bus.workflows.get(reference)).toMatchObject({ status: 'APPROVED', step: '', error: '' })
    expect(await bus.mail.letters(reference)).toHaveLength(1)
    await bus.workflows.retry(reference)
    expect(await bus.mail.letters(reference)).toHaveLength(1)
  })

  test('a step that failed is tried again by itself', async () => {
    let attempts = 0
    class Mine extends Applications {
      override async execute(): Promise<void> {
        if (++attempts < 2) throw new Error('not yet')
      }
    }
    await using bus = await busOf(Mine)
    const { reference } = await bus.workflows.submit(application)
    const step = async () => (await bus.workflows.get(reference))?.step
    expect(await step()).toBe('execute')
    await expect.poll(step, { timeout: 10_000 }).toBe('')
    expect(attempts).toBe(2)
  })

  test('a letter that cannot be right is logged and decides nothing', async () => {
    class Mine extends Applications {
      override async complete(): Promise<void> {
        this.sendMail({ to: ['alice@example.com'], subject: 'x\r\nBcc: v@w' })
        this.sendMail({ to: ['bob@example.com'], subject: 'fine' })
      }
    }
    await using bus = await busOf(Mine)
    const { reference } = await bus.workflows.submit(application)
    await bus.workflows.decide(reference, 'APPROVED', 'root', '')
    expect(await bus.workflows.get(reference)).toMatchObject({ step: '' })
    expect((await bus.mail.letters(reference)).map(({ to }) => to)).toEqual([['bob@example.com']])
  })

  test('the account of a rejected user can be read after the parent has completed', async () => {
    const seen: unknown[] = []
    class Mine extends UserSignUpApprovalWorkflowExecutor {
      override notifyUser = false
      override async complete(workflow: Workflow): Promise<void> {
        await super.complete(workflow)
        seen.push((await this.account(workflow.subject))?.claims.get('email'))
        seen.push((await this.getWorkflowDetails('REJECTED')).map(({ subject }) => subject))
      }
    }
    await using bus = await busOf(Mine, 'UserSignUp')
    const { accounts } = bus.users
    const { reference } = await signUp(bus, [], new Map([['email', 'b@c']]))
    await bus.workflows.decide(reference, 'REJECTED', 'root', '')
    expect(seen).toEqual(['b@c', ['bob']])
    expect(await accounts?.get('bob')).toBeUndefined()
  })

  test('an approval without roles fails visibly, as in API Manager', async () => {
    await using bus = await busOf(
      UserSignUpApprovalWorkflowExecutor,
      'UserSignUp',
      '<Property name="roles"> , </Property>',
    )
    const { reference } = await signUp(bus)
    await bus.workflows.decide(reference, 'APPROVED', 'root', '')
    expect((await bus.workflows.get(reference))?.error).toBe('Subscriber role undefined for self registration')
    expect((await bus.users.accounts?.get('bob'))?.state).toBe('pending')
  })

  test('roles that an account has already are kept', async () => {
    await using bus = await busOf(
      UserSignUpApprovalWorkflowExecutor,
      'UserSignUp',
      '<Property name="roles">a, b</Property>',
    )
    const { reference } = await signUp(bus, ['b', 'c'])
    await bus.workflows.decide(reference, 'APPROVED', 'root', '')
    expect((await bus.users.find('bob'))?.roles).toEqual(['b', 'c', 'a'])
  })

  test('a workflow exists only together with what it is about', async () => {
    class Mine extends Applications {}
    await using bus = await busOf(Mine)
    const failing = bus.workflows.submit({
      ...application,
      together: async () => {
        throw new Error('no')
      },
    })
    await expect(failing).rejects.toThrow('no')
    expect(await bus.workflows.list()).toEqual([])
    expect(await bus.workflows.decide(crypto.randomUUID(), 'APPROVED', 'root', '')).toEqual({ outcome: 'unknown' })
  })

  test('texts of all kinds are kept as they are', async () => {
    class Mine extends Applications {}
    await using bus = await busOf(Mine)
    const payload = new Map([
      ["na'me", `"quoted" 'text' ; DROP TABLE workflows; --`],
      ['__proto__', '🎉 \u0001 <b>&amp;'],
    ])
    const { reference } = await bus.workflows.submit({
      ...application,
      subject: "O'Neil",
      payload,
      tenant: 'a.example',
    })
    const workflow = await bus.workflows.get(reference)
    expect([workflow?.subject, workflow?.tenant, workflow?.payload]).toEqual(["O'Neil", 'a.example', payload])
    await bus.workflows.decide(reference, 'APPROVED', `r'oot`, `it's "fine"`)
    expect((await bus.workflows.history(reference))[1]).toMatchObject({ actor: `r'oot`, comment: `it's "fine"` })
  })
})
