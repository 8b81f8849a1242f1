import { defineFacility } from 'viaduct'
import { readExtensions } from './extensions/read-extensions.ts'
import { WorkflowStore } from './store/workflow-store.ts'
import { WorkflowEngine } from './workflow-engine.ts'

/** The workflows of the home. Those that were begun can be decided even when the home has no executors any more. */
export const workflows = defineFacility({
  name: 'workflows',
  summary: 'What waits for a decision of people.',
  create(linker) {
    const { services } = linker
    const [database, users, mail] = [linker.facility('database'), linker.facility('users'), linker.facility('mail')]
    if (database === undefined || users === undefined || mail === undefined)
      throw new Error('workflows need a database, users and mail')
    const store = new WorkflowStore(database, services.platform)
    const executors = readExtensions(linker) ?? new Map<string, never>()
    const sender = (scheme: string) => services.senders.get(scheme)
    const engine = new WorkflowEngine(store, executors, { users, mail, database, log: services.log, sender }, services)
    linker.onStart(() => engine.start())
    linker.onStop(() => engine.stop())
    return engine
  },
})
