import {
  boolean,
  child,
  defineMediator,
  type Mediator,
  named,
  nested,
  key,
  oneOf,
  path,
  string,
  withDefault,
  type XmlElement,
} from 'viaduct'
import { eachOf } from './each-of.ts'
import { loop } from './loop.ts'

/** Mediators that would leave the message behind in the middle of the loop. */
const LEAVING: ReadonlySet<string> = new Set(['call', 'callout', 'send'])

/** `foreach`: the same mediators for each part of the payload, in place (language reference 2.1). */
export const foreach = defineMediator({
  name: 'foreach',
  summary: 'Runs mediators for each part of the payload, and puts the results where the parts were.',
  attributes: {
    expression: path('First generation: selects the parts; they are worked on in turn, without calls.'),
    sequence: key('sequence', 'Deployed sequence to run, instead of mediators inside.'),
    id: string('Begins the names of the properties FOREACH_COUNTER and FOREACH_ORIGINAL_MESSAGE, with an underscore.'),
    continueLoopOnFailure: withDefault(false, boolean('Whether the other parts are worked on when one fails.')),
    collection: path('Second generation: selects the parts; each is worked on in a copy of the message.'),
    parallel: named('parallel-execution', withDefault(true, boolean('Whether they are worked on beside each other.'))),
    updateOriginal: named(
      'update-original',
      withDefault(true, boolean('Whether the results take the place of the parts, unless a variable is named.')),
    ),
    target: named('target-variable', string('Variable for the results.')),
    resultTarget: named('result-target', string('Older name of target-variable.')),
    resultType: named('result-content-type', oneOf(['JSON', 'XML'], 'What the results are in the variable.')),
    olderResultType: named('result-type', oneOf(['JSON', 'XML'], 'Older name of result-content-type.')),
    enclosing: named('result-enclosing-element', string('XML: name of the element around the results.')),
    counter: named('counter-variable', string('Variable with the number of the part, from 0; not in parallel.')),
    detached: named(
      'continue-without-aggregation',
      withDefault(false, boolean('Whether the flow goes on without waiting for results.')),
    ),
    version: string('Not used: expression or collection tells the generation.'),
  },
  children: {
    body: child('sequence', 'Mediators to run.', { content: 'pipeline' }),
  },
  builds: true,
  check({ expression, collection, sequence, body, counter, parallel }, { fail }) {
    if ((expression === undefined) === (collection === undefined))
      fail('constraint-violated', '<foreach> needs either expression or collection')
    if ((sequence === undefined) === (body === undefined))
      fail('constraint-violated', '<foreach> needs either the attribute sequence or a <sequence> inside')
    if (counter !== undefined && parallel)
      fail('constraint-violated', 'counter-variable goes with parallel-execution="false"')
    if (expression === undefined || body === undefined) return
    for (const { name, at } of elementsOf(body.node))
      if (LEAVING.has(name))
        fail('constraint-violated', `<${name}> cannot stand in a foreach with expression: use collection`, at)
  },
  compile(config, site) {
    const { sequence, body, expression, collection, continueLoopOnFailure: goesOn, id } = config
    const each: Mediator =
      sequence === undefined ? (body?.pipeline ?? nothing) : (ctx) => nested(sequence.get(ctx).mediator, ctx)
    if (expression !== undefined) return loop({ expression, each, goesOn, prefix: id === undefined ? '' : `${id}_` })
    if (collection === undefined) return nothing
    const { resultTarget, olderResultType = 'JSON', enclosing, counter, parallel, detached, updateOriginal } = config
    return eachOf(
      {
        collection,
        each,
        parallel,
        detached,
        counter,
        enclosing,
        target: config.target ?? resultTarget,
        type: config.resultType ?? olderResultType,
        updateOriginal,
      },
      { element: site.node, at: site.at, linker: site.linker },
    )
  },
})

const nothing: Mediator = () => 'continue'

const elementsOf = ({ children }: XmlElement): XmlElement[] =>
  children.filter((each): each is XmlElement => 'children' in each)
