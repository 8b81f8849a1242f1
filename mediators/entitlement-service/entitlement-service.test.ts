import { describe, expect, test } from 'vitest'
import { Fault, type MessageContext, printXml, type XmlElement } from 'viaduct'
import { createDeployment, testServices, TestPlatform, RecordedLog } from 'viaduct/testing'
import {
  apply,
  condition,
  designator,
  FIRST,
  policy,
  rule,
  SUBJECT,
  target,
  value,
} from '../../entitlement/testing/policies.ts'
import { createPoint, enforcement } from '../testing/enforcement.ts'

const SUBJECT_ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
const RESOURCE_ID = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'

const permits = (who: string, duties = ''): string =>
  rule(`permit ${who}`, 'Permit', target(SUBJECT, SUBJECT_ID, who) + duties)
const denies = (who: string, duties = ''): string =>
  rule(`deny ${who}`, 'Deny', target(SUBJECT, SUBJECT_ID, who) + duties)
const rules = (...all: readonly string[]): string => policy('quotes', `<Target/>${all.join('')}`, FIRST)

const obliged = (effect: string, id = 'audit'): string =>
  `<ObligationExpressions><ObligationExpression ObligationId="${id}" FulfillOn="${effect}">` +
  `<AttributeAssignmentExpression AttributeId="text">${value('by the rule')}</AttributeAssignmentExpression>` +
  '</ObligationExpression></ObligationExpressions>'
const advised = (effect: string): string =>
  `<AdviceExpressions><AdviceExpression AdviceId="hint" AppliesTo="${effect}"/></AdviceExpressions>`

/** A decision that no comparison can be made for. */
const doubts = (who: string): string =>
  rule(
    `doubt ${who}`,
    'Permit',
    target(SUBJECT, SUBJECT_ID, who) +
      condition(apply('string-equal', apply('string-one-and-only', designator(SUBJECT, 'nowhere')), value('x'))),
  )

const POLICIES = [rules(permits('alice'), denies('bob'), doubts('dora'))]

const BRANCHES = '<onAccept><mark name="accepted"/></onAccept><onReject><mark name="rejected"/></onReject>'

describe('branches', () => {
  test.each([
    ['Permit', 'alice', ['accepted', 'after']],
    ['Deny', 'bob', ['rejected', 'after']],
    ['NotApplicable', 'carol', ['rejected', 'after']],
    ['Indeterminate', 'dora', ['rejected', 'after']],
  ])('%s chooses the branch and the flow goes on behind it', async (decision, user, expected) => {
    const { send, passed, diagnostics } = enforcement(
      `<entitlementService>${BRANCHES}</entitlementService><mark name="after"/><property name="D" scope="transport" expression="get-property('ENTITLEMENT_DECISION')"/><respond/>`,
      { policies: POLICIES },
    )
    expect(diagnostics).toEqual([])
    const { headers } = await send({ user })
    expect(passed).toEqual(expected)
    expect(headers.get('D')).toBe(decision)
  })

  test('a branch that stops ends the flow', async () => {
    const { send, passed } = enforcement(
      '<entitlementService><onAccept><drop/></onAccept></entitlementService><mark name="after"/>',
      { policies: POLICIES },
    )
    expect((await send({ user: 'alice' })).status).toBe(202)
    expect(passed).toEqual([])
  })

  test('without onAccept a permitted message goes on', async () => {
    const { send, passed } = enforcement('<entitlementService/><mark name="after"/>', { policies: POLICIES })
    await send({ user: 'alice' })
    expect(passed).toEqual(['after'])
  })

  test.each(['bob', 'carol', 'dora'])('without onReject a message of %s is a fault', async (user) => {
    const { send, passed } = enforcement('<entitlementService/><mark name="after"/>', { policies: POLICIES })
    const faults: unknown[] = []
    const { status } = await send({
      user,
      route: {
        fault(ctx) {
          faults.push(ctx.properties.get('default', 'ERROR_CODE'), ctx.properties.get('default', 'ERROR_MESSAGE'))
          return 'stop'
        },
      },
    })
    expect(status).toBe(500)
    expect(faults).toEqual([0, 'User is not authorized to perform the action'])
    expect(passed).toEqual([])
  })

  test('a deployed sequence is a branch, and wins over the child of the same name with a warning', async () => {
    const ran: string[] = []
    const sequence = (name: string) => ({
      name,
      mediator: () => {
        ran.push(name)
        return 'continue' as const
      },
    })
    const services = testServices({ platform: new TestPlatform(), log: new RecordedLog() })
    const deployment = createDeployment({
      services,
      artifacts: { sequence: { yes: sequence('yes'), no: sequence('no') } },
    })
    const { send, diagnostics, passed } = enforcement(
      '<entitlementService onAccept="yes" onReject=" no ">\n  <onAccept><mark name="never"/></onAccept>\n</entitlementService>',
      { policies: POLICIES, services, deployment },
    )
    expect(diagnostics).toEqual([
      'test.xml:2:3 warning attribute-idle: the attribute onAccept wins: this <onAccept> never runs',
    ])
    await send({ user: 'alice', deployment })
    await send({ user: 'bob', deployment })
    expect(ran).toEqual(['yes', 'no'])
    expect(passed).toEqual([])
  })

  test('a fault in a branch goes to the handler of the branch', async () => {
    const services = testServices({ platform: new TestPlatform(), log: new RecordedLog() })
    const handled: string[] = []
    const deployment = createDeployment({
      services,
      artifacts: {
        sequence: { handler: { name: 'handler', mediator: (ctx) => (handled.push(ctx.fault?.message ?? ''), 'stop') } },
      },
    })
    const { send, diagnostics } = enforcement(
      '<entitlementService><onAccept onError="handler"><mark name="broken" flow="fault"/></onAccept></entitlementService>',
      { policies: POLICIES, services, deployment },
    )
    expect(diagnostics).toEqual([])
    await send({ user: 'alice', deployment })
    expect(handled).toEqual(['broken'])
  })
})

describe('obligations', () => {
  const WITH = [rules(permits('alice', obliged('Permit')), denies('bob', obliged('Deny')))]

  test('they run first, on a copy whose body they are; the message itself keeps its own', async () => {
    const bodies: string[] = []
    const { send, passed, diagnostics } = enforcement(
      `<entitlementService><obligations><mark name="obligations"/><property name="seen" expression="$body/*"/></obligations>${BRANCHES}</entitlementService><respond/>`,
      {
        policies: WITH,
        layers: [
          (inner, { element }) =>
            (ctx) => (element === 'mark' && bodies.push(bodyOf(ctx)), inner(ctx)),
        ],
      },
    )
    expect(diagnostics).toEqual([])
    const { text } = await send({ user: 'alice' })
    expect(passed).toEqual(['obligations', 'accepted'])
    expect(bodies[0]).toMatch(
      /^<Obligations xmlns="urn:oasis:names:tc:xacml:3\.0:core:schema:wd-17"><Obligation ObligationId="audit"><AttributeAssignment AttributeId="text"[^>]*>by the rule<\/AttributeAssignment><\/Obligation><\/Obligations>$/,
    )
    expect(bodies[1]).toContain('getQuote')
    expect(text).toContain('getQuote')
    expect(text).not.toContain('Obligation')
  })

  test.each([
    ['stops', '<mark name="obligations"/><drop/>'],
    ['fails', '<mark name="obligations"/><mark name="broken" flow="fault"/>'],
    [
      'fails later',
      '<mark name="obligations"/><mark name="later" flow="later"/><throwError type="X" errorMessage="no"/>',
    ],
    [
      'splits, and a part fails',
      '<mark name="obligations"/><clone continueParent="true"><target><sequence><mark name="p" flow="fault"/></sequence></target></clone>',
    ],
  ])('a branch that %s rejects the message', async (_how, branch) => {
    const { send, passed, diagnostics } = enforcement(
      `<entitlementService><obligations>${branch}</obligations>${BRANCHES}</entitlementService>`,
      { policies: WITH },
    )
    expect(diagnostics.filter((line) => line.includes('error'))).toEqual([])
    await send({ user: 'alice' })
    expect(passed.filter((name) => name.endsWith('ed'))).toEqual(['rejected'])
  })

  test('the decision that is left behind stays what the decision point said', async () => {
    const { send } = enforcement(
      `<entitlementService><obligations><drop/></obligations><onReject/></entitlementService><property name="D" scope="transport" expression="get-property('ENTITLEMENT_DECISION')"/><respond/>`,
      { policies: WITH },
    )
    expect((await send({ user: 'alice' })).headers.get('D')).toBe('Permit')
  })

  test('a branch that waits is waited for', async () => {
    const { send, passed } = enforcement(
      `<entitlementService><obligations><mark name="slow" flow="later"/></obligations>${BRANCHES}</entitlementService>`,
      { policies: WITH },
    )
    await send({ user: 'alice' })
    expect(passed).toEqual(['slow', 'accepted'])
  })

  test('without a branch nobody fulfils them, so the message is rejected and the log names them', async () => {
    const { send, passed, log } = enforcement(`<entitlementService>${BRANCHES}</entitlementService>`, {
      policies: WITH,
    })
    await send({ user: 'alice' })
    expect(passed).toEqual(['rejected'])
    expect(log.lines.filter((line) => line.includes('obligation audit cannot be fulfilled'))).toHaveLength(1)
  })

  test('an empty branch fulfils them', async () => {
    const { send, passed } = enforcement(`<entitlementService><obligations/>${BRANCHES}</entitlementService>`, {
      policies: WITH,
    })
    await send({ user: 'alice' })
    expect(passed).toEqual(['accepted'])
  })

  test('those of a Deny run, and the message is rejected whatever they return', async () => {
    const { send, passed } = enforcement(
      `<entitlementService><obligations><mark name="obligations"/></obligations>${BRANCHES}</entitlementService>`,
      { policies: WITH },
    )
    await send({ user: 'bob' })
    expect(passed).toEqual(['obligations', 'rejected'])
  })

  test('properties and headers that the branch sets stay with its copy', async () => {
    const { send } = enforcement(
      `<entitlementService><obligations><property name="X" value="1"/><property name="X" scope="transport" value="1"/></obligations><onAccept><property name="Y" scope="transport" expression="concat('[', get-property('X'), ']')"/><respond/></onAccept></entitlementService>`,
      { policies: WITH },
    )
    const { headers } = await send({ user: 'alice' })
    expect(headers.get('Y')).toBe('[]')
    expect(headers.get('X')).toBeUndefined()
  })

  test('what comes with neither Permit nor Deny is nobody’s duty', async () => {
    const point = answering({ decision: 'NotApplicable', obligations: [{ id: 'odd', assignments: [] }] })
    const { send, passed } = enforcement(
      `<entitlementService><obligations><mark name="obligations"/></obligations>${BRANCHES}</entitlementService>`,
      { point },
    )
    await send({ user: 'alice' })
    expect(passed).toEqual(['rejected'])
  })
})

describe('advice', () => {
  const WITH = [rules(permits('alice', advised('Permit')), denies('bob', advised('Deny')))]

  test('it runs on a copy of its own, and nobody waits for it', async () => {
    const started = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const bodies: string[] = []
    const { send, passed } = enforcement(
      `<entitlementService><advice><mark name="advice"/></advice>${BRANCHES}</entitlementService><respond/>`,
      {
        policies: WITH,
        layers: [
          (inner, { path }) =>
            async (ctx) => {
              if (!path.includes('advice')) return inner(ctx)
              bodies.push(bodyOf(ctx))
              started.resolve()
              await release.promise
              return inner(ctx)
            },
        ],
      },
    )
    const { text } = await send({ user: 'alice' })
    expect(text).toContain('getQuote')
    expect(passed).toEqual(['accepted'])
    await started.promise
    expect(bodies).toEqual([
      '<AssociatedAdvice xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"><Advice AdviceId="hint"/></AssociatedAdvice>',
    ])
    release.resolve()
    await expect.poll(() => passed).toEqual(['accepted', 'advice'])
  })

  test('a message without an answer is acknowledged before the advice has ended', async () => {
    const release = Promise.withResolvers<void>()
    const { send } = enforcement('<entitlementService><advice><mark name="advice"/></advice></entitlementService>', {
      policies: WITH,
      layers: [
        (inner, { path }) =>
          async (ctx) => (path.includes('mark') && (await release.promise), inner(ctx)),
      ],
    })
    expect((await send({ user: 'alice' })).status).toBe(202)
    release.resolve()
  })

  test('its failure and its answer do not touch the message', async () => {
    const { send, log } = enforcement(
      `<entitlementService><advice><payloadFactory media-type="xml"><format><hijacked/></format><args/></payloadFactory><respond/><mark name="broken" flow="fault"/></advice></entitlementService><property name="A" scope="transport" expression="get-property('ENTITLEMENT_ADVICE')"/><respond/>`,
      { policies: WITH },
    )
    const { status, text } = await send({ user: 'alice' })
    expect(status).toBe(200)
    expect(text).toContain('getQuote')
    const broken = enforcement(
      '<entitlementService><advice><mark name="broken" flow="fault"/></advice></entitlementService><respond/>',
      { policies: WITH },
    )
    expect((await broken.send({ user: 'alice' })).status).toBe(200)
    await expect.poll(() => broken.log.lines.filter((line) => line.includes('broken'))).not.toEqual([])
    expect(log.lines.filter((line) => line.startsWith('ERROR'))).toEqual([])
  })

  test('that of a Deny runs as well, and unwanted advice is passed over', async () => {
    const { send, passed } = enforcement(
      `<entitlementService><advice><mark name="advice"/></advice>${BRANCHES}</entitlementService>`,
      { policies: WITH },
    )
    await send({ user: 'bob' })
    await expect.poll(() => passed.toSorted()).toEqual(['advice', 'rejected'])
    const without = enforcement(`<entitlementService>${BRANCHES}</entitlementService>`, { policies: WITH })
    await without.send({ user: 'alice' })
    expect(without.passed).toEqual(['accepted'])
  })

  test('ENTITLEMENT_ADVICE is that of this decision, not of an earlier one', async () => {
    const seen: unknown[] = []
    const { send } = enforcement('<entitlementService><onReject/></entitlementService><mark name="after"/>', {
      policies: WITH,
      layers: [
        (inner, { element }) =>
          (ctx) => {
            if (element === 'entitlementService') ctx.properties.set('default', 'ENTITLEMENT_ADVICE', 'stale')
            else seen.push(ctx.properties.get('default', 'ENTITLEMENT_ADVICE'))
            return inner(ctx)
          },
      ],
    })
    await send({ user: 'carol' })
    await send({ user: 'alice' })
    expect(seen[0]).toBeUndefined()
    expect(printXml(seen[1] as XmlElement)).toContain('AdviceId="hint"')
  })
})

describe('what the decision point is asked', () => {
  test('subject, action and resource in this order, with exactly these identifiers', async () => {
    const { send, questions } = enforcement('<entitlementService><onReject/></entitlementService>', {
      policies: POLICIES,
    })
    await send({ user: 'alice' })
    const text = (type: string) => ({ type: 'http://www.w3.org/2001/XMLSchema#string', text: type })
    expect(questions).toEqual([
      {
        categories: [
          {
            category: 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
            attributes: [{ id: 'urn:oasis:names:tc:xacml:1.0:subject:subject-id', values: [text('alice')] }],
          },
          {
            category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
            attributes: [{ id: 'urn:oasis:names:tc:xacml:1.0:action:action-id', values: [text('read')] }],
          },
          {
            category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
            attributes: [{ id: RESOURCE_ID, values: [text('/services/Quote/getQuote')] }],
          },
        ],
      },
    ])
  })

  test('ORIGINAL_ENTITLEMENT_PAYLOAD is the envelope', async () => {
    const seen: unknown[] = []
    const { send } = enforcement('<entitlementService/><mark name="after"/>', {
      policies: POLICIES,
      layers: [
        (inner, { element }) =>
          (ctx) => (
            element === 'mark' &&
              seen.push(ctx.properties.get('default', 'ORIGINAL_ENTITLEMENT_PAYLOAD'), ctx.message.tree.root),
            inner(ctx)
          ),
      ],
    })
    await send({ user: 'alice' })
    expect(seen[0]).toBe(seen[1])
    expect((seen[0] as XmlElement).name).toBe('Envelope')
  })
})

describe('doubt', () => {
  const handled = async (options: Parameters<typeof enforcement>[1], user: string | undefined = 'alice') => {
    const { send, passed, log } = enforcement(`<entitlementService>${BRANCHES}</entitlementService>`, options)
    const faults: unknown[] = []
    const reply = await send({
      ...(user === '' ? {} : { user }),
      route: {
        fault(ctx) {
          faults.push(ctx.properties.get('default', 'ERROR_CODE'), ctx.properties.get('default', 'ERROR_MESSAGE'))
          return 'stop'
        },
      },
    })
    expect(passed).toEqual([])
    return { faults, reply, lines: log.lines.filter((line) => line.startsWith('ERROR')) }
  }

  test('a message without a subject is a fault of its own', async () => {
    const { faults, lines } = await handled({ policies: POLICIES }, '')
    const message = "User name not provided for the Entitlement mediator - can't proceed"
    expect(faults).toEqual([0, message])
    expect(lines[0]).toBe(`ERROR embedded decision point: ${message}`)
  })

  test('a decision point that fails is one sentence for flows, its cause is in the log, the client learns nothing', async () => {
    const point = {
      decide() {
        throw new Fault(101503, 'pdp.example.com cannot be reached', { cause: new Error('ECONNREFUSED') })
      },
    }
    const { faults, reply, lines } = await handled({ point })
    expect(faults).toEqual([0, 'Error occurred while evaluating the policy'])
    expect(lines[0]).toBe('ERROR embedded decision point: pdp.example.com cannot be reached: ECONNREFUSED')
    expect(reply.text).not.toContain('pdp.example.com')
    expect(reply.text).not.toContain('ECONNREFUSED')
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('gone'))],
    ['answers nothing', () => []],
    ['answers nothing later', () => Promise.resolve([])],
  ])('a decision point that %s grants nothing', async (_what, decide) => {
    const { faults } = await handled({ point: { decide } })
    expect(faults[0]).toBe(0)
  })

  test('several answers permit only when each does', async () => {
    const permit = answer({ decision: 'Permit' })
    const deny = answer({ decision: 'Deny' })
    const run = async (...results: readonly (typeof permit)[]) => {
      const { send, passed } = enforcement(`<entitlementService>${BRANCHES}</entitlementService>`, {
        point: { decide: () => results },
      })
      await send({ user: 'alice' })
      return passed
    }
    expect(await run(permit, permit)).toEqual(['accepted'])
    expect(await run(permit, deny)).toEqual(['rejected'])
    expect(await run(deny, permit)).toEqual(['rejected'])
  })

  test('a home without decision points refuses the element', () => {
    const { diagnostics } = enforcement('<entitlementService/>', { facilities: [] })
    expect(diagnostics).toEqual([
      'test.xml:1:1 error element-unsupported: <entitlementService> needs decision points, and there are none',
    ])
  })
})

describe('mistakes of the configuration', () => {
  test.each([
    [
      'client="foo"',
      'test.xml:1:29 error attribute-invalid: client="foo": Unsupported client: expected one of soap, basicAuth, thrift, wsXacml, rest, authzen, embedded',
    ],
    ['client=""', 'Unsupported client'],
    ['client="SOAP"', 'Unsupported client'],
    ['client="soap"', 'constraint-violated: client="soap" needs remoteServiceUrl'],
    ['remoteServiceUrl="https://x/"', 'client="basicAuth" needs remoteServiceUserName'],
    ['remoteServiceUrl="https://x/" remoteServiceUserName="u"', 'client="basicAuth" needs remoteServicePassword'],
    [
      'client="thrift" remoteServiceUrl="https://x/" remoteServiceUserName="u" remoteServicePassword="p"',
      'client="thrift" needs thriftHost',
    ],
    ['client="thrift" thriftPort="70000"', 'thriftPort: "70000" is no port'],
    ['client="embedded" remoteServiceUrl="https://x/"', 'client="embedded" has no remoteServiceUrl'],
    ['remoteServiceUrl="ftp://x/"', 'remoteServiceUrl is no http or https address'],
    ['client="rest" remoteServiceUrl="https://u:p@x/"', 'remoteServiceUrl is no http or https address'],
    ['invalidationInterval="soon"', 'expected a whole number'],
    ['cacheType="redis"', 'expected one of simple, carbon'],
    ['callbackClass="org.acme.Nobody"', 'class-unknown'],
    ['onAccept="nowhere"', 'reference-unresolved'],
    [
      'remoteServiceUrl="https://x/" remoteServiceUserName="u" remoteServicePassword="enc:AAAA"',
      'remoteServicePassword cannot be decrypted',
    ],
  ])('<entitlementService %s> is refused', (written, expected) => {
    expect(enforcement(`<entitlementService ${written}/>`).diagnostics.join('\n')).toContain(expected)
  })

  test('a child that comes twice is refused', () => {
    expect(enforcement('<entitlementService><onAccept/><onAccept/></entitlementService>').diagnostics.join()).toContain(
      'element-repeated',
    )
  })

  test('every client is accepted with what it needs, thrift-port-empty included', () => {
    const login = 'remoteServiceUrl="https://pdp:9443/services" remoteServiceUserName="u" remoteServicePassword="p"'
    for (const client of ['soap', 'basicAuth', 'rest', 'authzen'])
      expect(enforcement(`<entitlementService client="${client}" ${login}/>`).diagnostics).toEqual([])
    for (const port of ['', ' thriftPort=""', ' thriftPort="10501"'])
      expect(enforcement(`<entitlementService client="thrift" ${login} thriftHost="pdp"${port}/>`).diagnostics).toEqual(
        [],
      )
  })
})

const bodyOf = (ctx: MessageContext): string => {
  const body = ctx.message.tree.root.children.at(-1)
  return body !== undefined && 'children' in body ? body.children.map((child) => printXml(child)).join('') : ''
}

type Result = Awaited<ReturnType<ReturnType<typeof createPoint>['point']['decide']>>[number]

const answer = (result: Partial<Result>): Result => ({
  decision: 'Deny',
  status: { code: 'urn:oasis:names:tc:xacml:1.0:status:ok' },
  obligations: [],
  advice: [],
  attributes: [],
  policies: [],
  ...result,
})

const answering = (result: Partial<Result>) => ({ decide: () => [answer(result)] })
