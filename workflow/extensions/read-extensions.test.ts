import { expect, test } from 'vitest'
import { type ModuleExport, Modules } from 'viaduct'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { artifact, memoryBus } from '../../test/memory-bus.ts'
import { UserSignUpSimpleWorkflowExecutor } from '../executors/user-sign-up.ts'

const API = artifact(`<api name="Ping" context="/ping">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
</api>`)

type Exported = Pick<Extract<ModuleExport, { kind: 'extension' }>, 'kind' | 'extension' | 'create'>

async function deploy(exported: Exported | undefined, files: Readonly<Record<string, string>>) {
  using home = new TestFolder(files)
  const rest = {
    names: ['Mine'],
    exportName: 'Mine',
    file: 'mine.ts',
    url: '',
    isolation: 'none' as const,
    timeout: 1_000,
  }
  const modules = new Modules(exported === undefined ? [] : [{ ...exported, ...rest }])
  const bus = await memoryBus({ 'ping.xml': API }, { home: home.path, modules })
  const types = bus.bus.deployment?.facility('workflows')?.types
  await bus.bus.stop()
  return { diagnostics: bus.diagnostics.map((each) => each.replace(`${home.path}/`, '')), types }
}

const named = (executor: string, properties = ''): Record<string, string> => ({
  'workflow-extensions.xml': `<WorkFlowExtensions>\n  <UserSignUp executor="${executor}">${properties}</UserSignUp>\n</WorkFlowExtensions>`,
})

const executor = (create: new () => object): Exported => ({ kind: 'extension', extension: 'workflow-executor', create })

test('a module goes before a built-in of the same name', async () => {
  class Mine extends UserSignUpSimpleWorkflowExecutor {
    colour = ''
  }
  const { diagnostics, types } = await deploy(executor(Mine), named('Mine', '<Property name="colour">red</Property>'))
  expect(diagnostics).toEqual([])
  expect([...(types ?? [])]).toEqual(['AM_USER_SIGNUP'])
})

test('a Java name finds the module of its class', async () => {
  const { diagnostics } = await deploy(executor(UserSignUpSimpleWorkflowExecutor), named('org.acme.Mine'))
  expect(diagnostics).toEqual([])
})

test('a module that extends something else is refused at its name', async () => {
  const other = { kind: 'extension', extension: 'something', create: UserSignUpSimpleWorkflowExecutor } as const
  expect((await deploy(other, named('Mine'))).diagnostics).toEqual([
    'workflow-extensions.xml:2:25 error module-failed: Mine (Mine) is no class that extends WorkflowExecutor',
  ])
})

test('an executor that throws when it is made, or at a setter, refuses the configuration', async () => {
  class Throws extends UserSignUpSimpleWorkflowExecutor {
    constructor() {
      super()
      throw new Error('no licence')
    }
  }
  expect((await deploy(executor(Throws), named('Mine'))).diagnostics).toEqual([
    'workflow-extensions.xml:2:3 error module-failed: Mine: no licence',
  ])
  class Picky extends UserSignUpSimpleWorkflowExecutor {
    setDays(value: string): void {
      if (!/^\d+$/.test(value)) throw new Error(`"${value}" is no number of days`)
    }
  }
  expect((await deploy(executor(Picky), named('Mine', '<Property name="days">many</Property>'))).diagnostics).toEqual([
    'workflow-extensions.xml:2:31 error module-failed: days: "many" is no number of days',
  ])
})

test('a text that is no number for a field that is one is refused', async () => {
  class Mine extends UserSignUpSimpleWorkflowExecutor {
    days = 3
  }
  expect((await deploy(executor(Mine), named('Mine', '<Property name="days">x</Property>'))).diagnostics).toEqual([
    'workflow-extensions.xml:2:31 error module-failed: days: "x" is no number for the field "days"',
  ])
})

test('the registry of API Manager is a place for the file, the home goes before it', async () => {
  const inRegistry = 'registry/governance/apimgt/applicationdata/workflow-extensions.xml'
  const sandbox =
    '<WorkFlowExtensions><SandboxApplicationRegistration executor="ApplicationRegistrationSimpleWorkflowExecutor"/></WorkFlowExtensions>'
  const alone = await deploy(undefined, { [inRegistry]: sandbox })
  expect(alone.diagnostics).toEqual([])
  expect([...(alone.types ?? [])]).toEqual(['AM_APPLICATION_REGISTRATION_SANDBOX'])
  const both = await deploy(undefined, { [inRegistry]: sandbox, ...named('UserSignUpSimpleWorkflowExecutor') })
  expect([...(both.types ?? [])]).toEqual(['AM_USER_SIGNUP'])
})

test('a home without the file has no workflows', async () => {
  const { diagnostics, types } = await deploy(undefined, {})
  expect([diagnostics, types]).toEqual([[], undefined])
})
