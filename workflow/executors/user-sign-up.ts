import type { Workflow } from 'viaduct'
import { recordElement } from '../soap-record.ts'
import { askPeople } from './approval.ts'
import { callService } from './call-service.ts'
import { LETTERS } from './letters.ts'
import { WorkflowExecutor, type WorkflowResponse } from './workflow-executor.ts'

const NAMESPACE = 'http://workflow.registeruser.apimgt.carbon.wso2.org'

/** What all executors of sign-ups do with the decision: the account becomes active with its roles, or is deleted. */
export abstract class UserSignUpExecutor extends WorkflowExecutor {
  /** Roles that an approved account gets, with commas between. */
  roles = 'Internal/subscriber'
  /** Whether the user is told of the decision. */
  notifyUser = true

  override getWorkflowType(): string {
    return 'AM_USER_SIGNUP'
  }

  override async complete(workflow: Workflow): Promise<WorkflowResponse | void> {
    // A name that was taken already belongs to somebody else: nothing may happen to that account.
    const taken = workflow.payload.get('taken') === 'true'
    if (!taken && !(await this.#settle(workflow))) {
      this.log(`${workflow.reference}: the account was removed before the decision, which changes nothing`)
      return
    }
    if (this.notifyUser) this.#tell(workflow, taken)
  }

  /** False when the account of this sign-up is gone: one of the same name is another's. */
  async #settle({ subject, status, reference }: Workflow): Promise<boolean> {
    const roles = this.roles.split(',').flatMap((each) => each.trim() || [])
    const account = await this.work.account(subject)
    if (account?.origin !== reference) return false
    if (status !== 'APPROVED') {
      this.work.change((accounts, queries) => accounts.remove(subject, queries, reference))
      return true
    }
    if (roles.length === 0) throw new Error('Subscriber role undefined for self registration')
    const all = [...new Set([...account.roles, ...roles])]
    this.work.change((accounts, queries) =>
      accounts.change(subject, { state: 'active', roles: all }, queries, reference),
    )
    return true
  }

  #tell({ subject, status, payload, comment }: Workflow, taken: boolean): void {
    const to = payload.get('email') ?? ''
    if (to === '') return
    const letter = taken ? 'user-signup-taken' : status === 'APPROVED' ? 'user-signup-approved' : 'user-signup-rejected'
    const name = payload.get('givenName') ?? ''
    const values = { subject, name: name === '' ? subject : name, comment }
    this.sendTemplate(letter, to, values, { locale: payload.get('locale') ?? '', fallback: LETTERS[letter] })
  }
}

/** Nobody is asked: who signs up can log in. */
export class UserSignUpSimpleWorkflowExecutor extends UserSignUpExecutor {
  override async execute({ payload }: Workflow): Promise<WorkflowResponse> {
    return payload.get('taken') === 'true' ? { status: 'REJECTED' } : { status: 'APPROVED' }
  }
}

/** An administrator decides in the console. */
export class UserSignUpApprovalWorkflowExecutor extends UserSignUpExecutor {
  adminEmail = ''
  portalUrl = ''

  override async execute(workflow: Workflow): Promise<WorkflowResponse | void> {
    const { subject, tenant } = workflow
    askPeople(this, this, workflow, `Approve the sign-up of ${subject} from the tenant domain ${tenant}`)
  }
}

/** An external service decides, and calls back. */
export class UserSignUpWSWorkflowExecutor extends UserSignUpExecutor {
  serviceEndpoint = ''
  username = ''
  password = ''
  contentType = 'text/xml'
  callbackURL = '?'

  override async execute({ subject, tenant, reference }: Workflow): Promise<WorkflowResponse | void> {
    const { serviceEndpoint: endpoint, username, password, contentType } = this
    const payload = recordElement('UserSignupProcessRequest', NAMESPACE, {
      userName: subject,
      tenantDomain: tenant,
      workflowExternalRef: reference,
      callBackURL: this.callbackURL,
    })
    const address = { endpoint, username, password, contentType, action: `${NAMESPACE}/initiate` }
    await callService(address, payload, this.work.supplies.sender)
  }
}
