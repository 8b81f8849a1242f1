import {
  boolean,
  children,
  compileTarget,
  defineMediator,
  type Flow,
  type Mediator,
  split,
  string,
  targetShape,
  value,
  withDefault,
} from 'viaduct'

/** `clone`: copies of the message take several ways (language reference 2.1). */
export const clone = defineMediator({
  name: 'clone',
  summary: 'Sends a copy of the message to each target.',
  attributes: {
    id: string('Pairs it with the aggregate of the same id.'),
    continueParent: withDefault(false, boolean('Whether the message itself goes on, too.')),
    sequential: withDefault(false, boolean('Whether each target waits for the one before.')),
    iterations: value('How many copies a single target gets.'),
  },
  children: {
    targets: children('target', 'Where a copy goes.', targetShape),
  },
  builds: true,
  check({ targets, iterations, node }, { fail }) {
    if (targets.length === 0) fail('element-missing', '<clone> needs a <target>', node.at)
    if (iterations !== undefined && targets.length > 1)
      fail('constraint-violated', 'iterations goes with a single target')
  },
  compile({ id, continueParent, sequential, iterations, targets }, site) {
    const ways = targets.map((target) => compileTarget(target, site))
    const after: Flow = continueParent ? 'continue' : 'stop'
    const mediator: Mediator = (ctx) => {
      const count = iterations === undefined ? ways.length : countOf(iterations.string(ctx))
      split(
        ctx,
        {
          count,
          branch(index) {
            const copy = ctx.fork()
            if (iterations !== undefined) copy.properties.set('default', 'CLONED_ITERATION_INDEX', index)
            return copy
          },
          target: (index) => ways[iterations === undefined ? index : 0] ?? nothing,
        },
        { id, sequential },
      )
      return after
    }
    return mediator
  },
})

const nothing: Mediator = () => 'continue'

const countOf = (text: string): number => Math.max(0, Number.parseInt(text, 10) || 0)
