import { UserSignUpApprovalWorkflowExecutor, type Workflow } from 'viaduct/workflow'

/** Sign-ups that an administrator decides, with a letter of our own. Edit it while the sample runs. */
export class SignUpWithWelcome extends UserSignUpApprovalWorkflowExecutor {
  /** Set by <Property name="serviceUrl">. */
  serviceUrl = ''
  /** The letter of the executor that this extends is not sent: ours takes its place. */
  override notifyUser = false

  override async complete(workflow: Workflow): Promise<void> {
    // Here the account of a rejected user is still there; what super does takes effect when all of this is done.
    const account = await this.account(workflow.subject)
    const address = account?.claims.get('email') ?? workflow.payload.get('email')
    await super.complete(workflow)
    if (address === undefined) return
    const approved = workflow.status === 'APPROVED' && workflow.payload.get('taken') !== 'true'
    const values = {
      name: account?.claims.get('givenName') ?? workflow.subject,
      subject: workflow.subject,
      outcome: approved ? 'approved' : 'rejected',
      serviceUrl: approved ? this.serviceUrl : '',
      comment: workflow.comment,
    }
    const fallback = { text: 'Subject: Your request was {{outcome}}\n\n{{comment}}\n' }
    // The text is in mail-templates/sign-up-outcome.txt, in German in sign-up-outcome.de.txt.
    this.sendTemplate('sign-up-outcome', address, values, { locale: workflow.payload.get('locale') ?? '', fallback })
  }
}
