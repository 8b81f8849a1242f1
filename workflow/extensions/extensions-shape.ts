import { children, child, required, SYNAPSE, string } from 'viaduct'

/** Elements of `workflow-extensions.xml` and the type of workflow that each is for. */
export const TYPES: ReadonlyMap<string, string> = new Map([
  ['UserSignUp', 'AM_USER_SIGNUP'],
  ['ApplicationCreation', 'AM_APPLICATION_CREATION'],
  ['ApplicationDeletion', 'AM_APPLICATION_DELETION'],
  ['ProductionApplicationRegistration', 'AM_APPLICATION_REGISTRATION_PRODUCTION'],
  ['SandboxApplicationRegistration', 'AM_APPLICATION_REGISTRATION_SANDBOX'],
  ['SubscriptionCreation', 'AM_SUBSCRIPTION_CREATION'],
  ['SubscriptionDeletion', 'AM_SUBSCRIPTION_DELETION'],
])

const extension = (element: string, doc: string) =>
  child(element, doc, {
    attributes: {
      executor: required(string('Class of the executor: one of a module in mediators/, or a built-in.')),
    },
    children: {
      property: children('Property', 'Set on the executor: a setter or a field.', {
        attributes: { name: required(string('Name of the setter or field.')) },
        content: 'text',
      }),
    },
  })

/** `<WorkFlowExtensions>`: which executor runs which type of workflow. */
export const extensionsShape = {
  userSignUp: extension('UserSignUp', 'Somebody asks for an account.'),
  applicationCreation: extension('ApplicationCreation', 'A user asks for an application.'),
  applicationDeletion: extension('ApplicationDeletion', 'A user wants an application deleted.'),
  productionRegistration: extension('ProductionApplicationRegistration', 'An application asks for production keys.'),
  sandboxRegistration: extension('SandboxApplicationRegistration', 'An application asks for sandbox keys.'),
  subscriptionCreation: extension('SubscriptionCreation', 'An application asks for an API.'),
  subscriptionDeletion: extension('SubscriptionDeletion', 'An application gives an API up.'),
} as const

/** The file has no namespace in WSO2's products; what is written in that of Synapse is the same. */
export const NAMESPACES: readonly string[] = ['', SYNAPSE]
