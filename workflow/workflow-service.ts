import { defineService, type Linker, type UserStore, type Workflows } from 'viaduct'
import { restCallback } from './callback/rest-callback.ts'
import { soapCallback } from './callback/soap-callback.ts'
import { type Handler, serviceEntrance } from './http/service-routes.ts'
import { tasksPage } from './portal/tasks-page.ts'
import { RateLimit } from './sign-up/rate-limit.ts'
import { restSignUp } from './sign-up/rest-sign-up.ts'
import { SIGN_UP, SignUpDesk } from './sign-up/sign-up-desk.ts'
import { signUpPage } from './sign-up/sign-up-page.ts'
import { soapSignUp } from './sign-up/soap-sign-up.ts'

type Find = (method: string, path: string) => Handler | undefined

/** Callbacks of external services, self sign-up, and the task list in the console: there when a home has workflows. */
export const workflowService = defineService({
  name: 'workflow',
  summary: 'Self sign-up, callbacks of workflow services, and the tasks in the console.',
  create(linker) {
    const [workflows, users, mail] = [linker.facility('workflows'), linker.facility('users'), linker.facility('mail')]
    if (workflows === undefined || users === undefined || mail === undefined) return undefined
    const pages = [tasksPage(workflows, mail)]
    if (workflows.types.size === 0) return { pages }
    const { roles } = linker.services.settings.workflow
    const finds = [
      soapCallback(workflows, users, roles),
      restCallback(workflows, users, roles),
      ...signUp(linker, workflows, users),
    ]
    const find: Find = (method, path) => {
      for (const each of finds) {
        const handler = each(method, path)
        if (handler !== undefined) return handler
      }
      return undefined
    }
    return { pages, entrance: serviceEntrance('workflow', find) }
  },
})

function signUp(linker: Linker, workflows: Workflows, users: UserStore): Find[] {
  if (!workflows.types.has(SIGN_UP)) return []
  const { settings, platform } = linker.services
  if (users.accounts === undefined) {
    const at = { file: 'workflow-extensions.xml', line: 1, column: 1, endLine: 1, endColumn: 1 }
    const reason = 'sign-ups need accounts that the bus keeps: set identity.store to database'
    linker.report('constraint-violated', at, reason)
    return []
  }
  // Counts outlive reloads, so that a change of the home is no way around them.
  const { signUpsPerHour } = settings.workflow
  const limit = linker.state('sign-up-limit', String(signUpsPerHour), () => new RateLimit(platform, signUpsPerHour))
  const desk = new SignUpDesk(users.accounts, workflows, limit)
  return [signUpPage(desk), restSignUp(desk), soapSignUp(desk)]
}
