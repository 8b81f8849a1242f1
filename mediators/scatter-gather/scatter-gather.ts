import {
  boolean,
  children,
  defineMediator,
  type Flow,
  type Mediator,
  named,
  number,
  oneOf,
  path,
  required,
  requiredChild,
  string,
  withDefault,
  integer,
} from 'viaduct'
import { gather } from './gather.ts'
import { compileResult } from './result.ts'

/** `scatter-gather`: several sequences work on copies of the message, and their results become one (language reference 2.1). */
export const scatterGather = defineMediator({
  name: 'scatter-gather',
  summary: 'Runs sequences on copies of the message, gathers what each has made, and goes on with all of it.',
  attributes: {
    parallel: named('parallel-execution', withDefault(true, boolean('Whether they run beside each other.'))),
    target: withDefault('body', oneOf(['body', 'variable'], 'Where the results go.')),
    variable: named('target-variable', string('Variable for the results.')),
    resultTarget: named('result-target', string('Older form: body, or the name of a variable.')),
    type: named('result-content-type', oneOf(['JSON', 'XML'], 'What the results are.')),
    olderType: named('result-type', oneOf(['JSON', 'XML'], 'Older name of result-content-type.')),
    enclosing: named('result-enclosing-element', string('XML: name of the element around the results.')),
  },
  children: {
    aggregation: requiredChild('aggregation', 'What is gathered.', {
      attributes: {
        expression: required(path('What is taken of each copy at the end of its sequence.')),
        condition: path('Whether the copy counts.'),
        timeout: number('Milliseconds after which what is there goes on.'),
        least: named('min-messages', integer('How many must be there; fewer are a fault.', -1)),
        most: named('max-messages', integer('How many are enough.', -1)),
      },
    }),
    sequences: children('sequence', 'Mediators for one copy.', { content: 'pipeline' }),
  },
  builds: true,
  check({ target, variable, resultTarget, type, olderType, enclosing, sequences, node }, { fail }) {
    if (sequences.length === 0) fail('element-missing', '<scatter-gather> needs a <sequence>', node.at)
    const kind = type ?? olderType
    if (kind === undefined) fail('attribute-missing', '<scatter-gather> needs result-content-type: JSON or XML')
    if (kind === 'XML' && enclosing === undefined)
      fail('attribute-missing', 'XML results need result-enclosing-element')
    if (target === 'variable' && variable === undefined && resultTarget === undefined)
      fail('attribute-missing', 'target="variable" needs target-variable')
  },
  compile({ parallel, target, variable, resultTarget, type, olderType, enclosing, aggregation, sequences }) {
    const ways = sequences.map(({ pipeline }): Mediator => pipeline ?? nothing)
    const named = resultTarget === undefined || resultTarget.toLowerCase() === 'body' ? undefined : resultTarget
    const keep = compileResult({
      expression: aggregation.expression,
      type: type ?? olderType ?? 'JSON',
      enclosing: enclosing ?? 'result',
      variable: target === 'variable' ? (variable ?? named) : named,
    })
    const { condition, timeout = 0, least = -1, most = -1 } = aggregation
    const options = { condition, timeout, least: Math.max(0, least), most: most > 0 ? most : ways.length, parallel }
    return async (ctx): Promise<Flow> => {
      keep(ctx, await gather(ctx, ways, options))
      return 'continue'
    }
  },
})

const nothing: Mediator = () => 'continue'
