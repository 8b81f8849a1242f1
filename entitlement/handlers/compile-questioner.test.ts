import { type DecisionRequest, EntitlementCallbackHandler, Modules, parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { enforcement } from '../../mediators/testing/enforcement.ts'

const ENVIRONMENT = 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'
const XSD = 'http://www.w3.org/2001/XMLSchema#'

class Department extends EntitlementCallbackHandler {
  override getUserName() {
    return 'ann'
  }
  override findOtherAttributes() {
    return [
      { category: 'urn:acme', id: 'department', value: 'sales' },
      { category: 'urn:acme', id: 'department', value: 'support' },
      { category: 'urn:acme', id: 'level', type: 'integer', value: '3' },
      {
        category: 'urn:acme',
        id: 'address',
        type: 'urn:oasis:names:tc:xacml:2.0:data-type:ipAddress',
        value: '10.0.0.1',
      },
      { category: ENVIRONMENT, id: 'hour', value: '9', content: '<Content><now at="9"/></Content>' },
      { category: 'urn:acme', id: 'note', value: 'x', content: parseXml('<note/>').root },
    ]
  }
}

class Slow extends EntitlementCallbackHandler {
  override async getUserName() {
    await Promise.resolve()
    return 'later'
  }
  override findServiceName() {
    return Promise.resolve('urn:service')
  }
}

class Hangs extends EntitlementCallbackHandler {
  override getUserName() {
    return new Promise<string>(() => {})
  }
}

class Throws extends EntitlementCallbackHandler {
  override findServiceName(): string {
    throw new Error('kit: thrown')
  }
  override getUserName() {
    return 'ann'
  }
}

class Mute extends EntitlementCallbackHandler {}

class Broken extends EntitlementCallbackHandler {
  constructor() {
    super()
    throw new Error('kit: constructor')
  }
}

class Wrong extends EntitlementCallbackHandler {
  override getUserName() {
    return 'ann'
  }
  override findOtherAttributes() {
    return [{ category: 'urn:acme', id: 7 as unknown as string, value: 'x' }]
  }
}

/** Says that it is one, but is none. */
class Impostor {
  static readonly extension = 'entitlement-callback-handler'
  readonly name = 'impostor'
}

const handler = (create: new () => object, more: object = {}) =>
  ({
    kind: 'extension',
    extension: 'entitlement-callback-handler',
    create,
    names: [create.name, `org.acme.${create.name}`],
    exportName: 'default',
    file: `${create.name}.ts`,
    url: '',
    isolation: 'none',
    timeout: 200,
    ...more,
  }) as const

const modules = new Modules([
  ...[Department, Slow, Hangs, Throws, Mute, Broken, Wrong, Impostor].map((each) => handler(each)),
  handler(class Elsewhere extends Department {}, { isolation: 'worker' }),
  handler(class Executor extends Impostor {}, { extension: 'workflow-executor' }),
  {
    ...handler(class UTEntitlementCallbackHandler extends Department {}),
  },
])

const asked = async (callbackClass: string, user?: string) => {
  const made = enforcement(`<entitlementService callbackClass="${callbackClass}"><onReject/></entitlementService>`, {
    modules,
  })
  const { status } = await made.send(user === undefined ? {} : { user })
  return { ...made, status, question: made.questions[0] as DecisionRequest }
}

const shown = ({ categories }: DecisionRequest) =>
  categories.map(({ category, content, attributes }) => [
    category.slice(category.lastIndexOf(':') + 1),
    attributes.map(({ id, values }) => [id.slice(id.lastIndexOf(':') + 1), ...values.map(({ text }) => text)]),
    ...(content === undefined ? [] : [printXml(content)]),
  ])

describe('a handler of the home', () => {
  test('adds attributes: values of one identifier together, types by short name or URI, content', async () => {
    const { question } = await asked('org.acme.Department')
    expect(shown(question)).toEqual([
      ['access-subject', [['subject-id', 'ann']]],
      ['action', [['action-id', 'read']]],
      ['resource', [['resource-id', '/services/Quote/getQuote']]],
      [
        'acme',
        [
          ['department', 'sales', 'support'],
          ['level', '3'],
          ['address', '10.0.0.1'],
          ['note', 'x'],
        ],
        '<note/>',
      ],
      ['environment', [['hour', '9']], '<now at="9"/>'],
    ])
    const types = question.categories[3]?.attributes.map(({ values }) => values[0]?.type)
    expect(types).toEqual([
      `${XSD}string`,
      `${XSD}integer`,
      'urn:oasis:names:tc:xacml:2.0:data-type:ipAddress',
      `${XSD}string`,
    ])
  })

  test('may take its time', async () => {
    const { question } = await asked('Slow')
    expect(shown(question)).toEqual([
      ['access-subject', [['subject-id', 'later']]],
      ['action', [['action-id', 'read']]],
      ['resource', [['resource-id', 'urn:service/getQuote']]],
    ])
  })

  test('takes the place of one that ships when it has its name', async () => {
    const { question } = await asked(
      'org.wso2.carbon.identity.entitlement.mediator.callback.UTEntitlementCallbackHandler',
    )
    expect(question.categories).toHaveLength(5)
  })

  test.each([
    ['Hangs', /module Hangs did not finish within 200 ms/],
    ['Throws', /kit: thrown/],
    ['Mute', /User name not provided/],
    ['Wrong', /lacks category, id or value/],
  ])('%s: a fault, its cause in the log, nothing is asked', async (name, cause) => {
    const { status, questions, log } = await asked(name)
    expect(status).toBe(500)
    expect(questions).toEqual([])
    expect(log.lines.join('\n')).toMatch(cause)
  })

  test.each([
    ['Broken', 'module-failed: Broken: kit: constructor'],
    ['Impostor', 'module-failed: Impostor does not extend EntitlementCallbackHandler of this bus'],
    ['Executor', 'module-failed: Executor is no class that extends EntitlementCallbackHandler'],
    ['Elsewhere', 'module-failed: Elsewhere: a callback handler cannot run on a thread of its own'],
    ['org.acme.Nobody', 'class-unknown'],
  ])('%s is refused where it is named', (name, expected) => {
    const { diagnostics } = enforcement(`<entitlementService callbackClass="${name}"/>`, { modules })
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toContain(expected)
    if (expected.startsWith('module')) expect(diagnostics[0]).toMatch(/^test\.xml:1:36 error /)
  })
})

describe('a handler that ships', () => {
  const java = [
    'org.wso2.carbon.identity.entitlement.mediator.callback.',
    'org.wso2.micro.integrator.identity.entitlement.mediator.callback.',
    '',
  ]

  test.each(
    ['X509', 'SAML', 'Kerberos'].flatMap((kind) =>
      java.map((packageName) => `${packageName}${kind}EntitlementCallbackHandler`),
    ),
  )('%s is found', (name) => {
    expect(enforcement(`<entitlementService callbackClass="${name}"/>`).diagnostics).toEqual([])
  })

  test('is that of UsernameTokens when none is named, or a blank', async () => {
    for (const attribute of ['', 'callbackClass=" "', `callbackClass="${java[0]}UTEntitlementCallbackHandler"`]) {
      const { send, questions, diagnostics } = enforcement(
        `<entitlementService ${attribute}><onReject/></entitlementService>`,
      )
      expect(diagnostics).toEqual([])
      await send({ user: 'ann' })
      expect(shown(questions[0] as DecisionRequest)[0]).toEqual(['access-subject', [['subject-id', 'ann']]])
    }
  })
})
