/** What a kind of workflow is called: in `workflow-extensions.xml`, by API Manager's services, and by people. */
export interface WorkflowType {
  readonly element: string
  readonly type: string
  readonly words: string
}

/** Every kind that API Manager knows. */
export const WORKFLOW_TYPES = [
  { element: 'UserSignUp', type: 'AM_USER_SIGNUP', words: 'Sign-up' },
  { element: 'ApplicationCreation', type: 'AM_APPLICATION_CREATION', words: 'New application' },
  { element: 'ApplicationUpdate', type: 'AM_APPLICATION_UPDATE', words: 'Change of an application' },
  { element: 'ApplicationDeletion', type: 'AM_APPLICATION_DELETION', words: 'Deletion of an application' },
  {
    element: 'ProductionApplicationRegistration',
    type: 'AM_APPLICATION_REGISTRATION_PRODUCTION',
    words: 'Production keys',
  },
  { element: 'SandboxApplicationRegistration', type: 'AM_APPLICATION_REGISTRATION_SANDBOX', words: 'Sandbox keys' },
  { element: 'SubscriptionCreation', type: 'AM_SUBSCRIPTION_CREATION', words: 'New subscription' },
  { element: 'SubscriptionUpdate', type: 'AM_SUBSCRIPTION_UPDATE', words: 'Change of a subscription' },
  { element: 'SubscriptionDeletion', type: 'AM_SUBSCRIPTION_DELETION', words: 'Deletion of a subscription' },
  { element: 'APIStateChange', type: 'AM_API_STATE', words: 'Change of the state of an API' },
  { element: 'APIProductStateChange', type: 'AM_API_PRODUCT_STATE', words: 'Change of the state of an API product' },
  { element: 'APIRevisionDeployment', type: 'AM_REVISION_DEPLOYMENT', words: 'Deployment of a revision' },
] as const satisfies readonly WorkflowType[]

const WORDS: ReadonlyMap<string, string> = new Map(WORKFLOW_TYPES.map(({ type, words }) => [type, words]))

/** What kind of request it is, in words. */
export const wordsOf = (type: string): string => WORDS.get(type) ?? type
