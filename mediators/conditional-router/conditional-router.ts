import {
  boolean,
  child,
  children,
  compileCondition,
  type Condition,
  ConditionSubject,
  defineMediator,
  type Flow,
  guardedBuild,
  key,
  type Mediator,
  type MessageContext,
  nested,
  requiredChild,
  settled,
  string,
  withDefault,
} from 'viaduct'

interface Route {
  readonly condition: Condition
  readonly target: Mediator
  readonly last: boolean
}

/** Runs the targets of the routes whose conditions hold. */
export const conditionalRouter = defineMediator({
  name: 'conditionalRouter',
  summary: 'Runs the sequences of all routes whose conditions hold, up to the first that breaks.',
  attributes: {
    continueAfter: withDefault(false, boolean('Whether the mediators after the router run.')),
  },
  children: {
    routes: children('conditionalRoute', 'A condition and where it leads.', {
      attributes: {
        breakRoute: withDefault(true, boolean('Whether later routes are left out when this one is taken.')),
        asynchronous: withDefault(false, boolean('Whether the target runs on a copy of the message, beside the flow.')),
      },
      children: {
        condition: requiredChild('condition', 'equal, match, exist, and, or, not.', { content: 'xml' }),
        target: requiredChild('target', 'What runs.', {
          attributes: {
            sequence: key('sequence', 'Deployed sequence to run.'),
            endpoint: string('Not supported: send to the endpoint from a sequence.'),
          },
          children: { body: child('sequence', 'Mediators to run.', { content: 'pipeline' }) },
        }),
      },
    }),
  },
  check({ routes }, { fail }) {
    for (const { target } of routes) {
      if (target.endpoint !== undefined)
        fail('element-unsupported', 'a target with an endpoint is not supported: send to it from a sequence')
      else if ((target.sequence === undefined) === (target.body === undefined)) {
        fail('constraint-violated', '<target> needs either the attribute sequence or a <sequence> inside')
      }
    }
  },
  compile({ continueAfter, routes }, site) {
    const compiled = routes.flatMap(({ breakRoute, asynchronous, condition, target }): Route[] => {
      const test = compileCondition(condition.node, site)
      if (test === undefined) return []
      const { sequence, body } = target
      const run: Mediator =
        sequence === undefined ? (body?.pipeline ?? nothing) : (ctx) => nested(sequence.get(ctx).mediator, ctx)
      return [{ condition: test, target: asynchronous ? beside(run) : run, last: breakRoute }]
    })
    // COMPAT router-stops: without continueAfter the flow ends here, whether a route was taken or not (language reference 1.3).
    const after: Flow = continueAfter ? 'continue' : 'stop'
    const router: Mediator = (ctx) => follow(compiled, 0, ctx, new ConditionSubject(ctx.addressing.to ?? ''), after)
    const builds =
      compiled.some(({ condition }) => condition.contentAware) || routes.some(({ asynchronous }) => asynchronous)
    return builds ? guardedBuild(router) : router
  },
})

const nothing: Mediator = () => 'continue'

function follow(
  routes: readonly Route[],
  from: number,
  ctx: MessageContext,
  subject: ConditionSubject,
  after: Flow,
): Flow | Promise<Flow> {
  for (let i = from; i < routes.length; i++) {
    const route = routes[i]
    if (route === undefined || !route.condition.test(ctx, subject)) continue
    const flow = route.target(ctx)
    if (typeof flow !== 'string') return resume(flow, routes, route.last ? routes.length : i + 1, ctx, subject, after)
    if (route.last) break
  }
  return after
}

async function resume(
  pending: Promise<Flow>,
  routes: readonly Route[],
  next: number,
  ctx: MessageContext,
  subject: ConditionSubject,
  after: Flow,
): Promise<Flow> {
  await pending
  return follow(routes, next, ctx, subject, after)
}

const beside =
  (run: Mediator): Mediator =>
  (ctx) => {
    const branch = ctx.fork()
    const work = async (): Promise<void> => {
      await run(branch)
      await settled(branch)
    }
    ctx.exchange.own(Promise.resolve().then(work))
    return 'continue'
  }
