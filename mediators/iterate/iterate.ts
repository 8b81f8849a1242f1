import {
  boolean,
  children,
  compileTarget,
  defineMediator,
  type Flow,
  JsonPathPath,
  type Mediator,
  path,
  required,
  split,
  string,
  targetShape,
  withDefault,
} from 'viaduct'
import { jsonParts } from './json-parts.ts'
import { xmlParts } from './xml-parts.ts'

/** `iterate`: one message for each part of the payload (language reference 2.1). */
export const iterate = defineMediator({
  name: 'iterate',
  summary: 'Splits the message: each part that the expression selects makes its own way to the target.',
  attributes: {
    expression: required(path('Selects the parts: elements, or a JSON array whose items they are.')),
    id: string('Pairs it with the aggregate of the same id.'),
    continueParent: withDefault(false, boolean('Whether the message itself goes on, too.')),
    preservePayload: withDefault(
      false,
      boolean('Whether each part comes inside of the whole payload, without the other parts.'),
    ),
    attachPath: path('Where the part is put, with preservePayload.'),
    sequential: withDefault(false, boolean('Whether each part waits for the one before.')),
  },
  children: {
    targets: children('target', 'Where the parts go.', targetShape),
  },
  builds: true,
  check({ targets, attachPath, preservePayload, expression, node }, { fail }) {
    if (targets.length !== 1) fail('element-missing', '<iterate> needs one <target>', node.at)
    if (attachPath !== undefined && !preservePayload)
      fail('constraint-violated', 'attachPath goes with preservePayload="true"')
    if (attachPath !== undefined && (attachPath.kind === 'json') !== (expression.kind === 'json'))
      fail('constraint-violated', 'expression and attachPath must both be XPath, or both be JSONPath')
  },
  compile({ expression, id, continueParent, preservePayload, attachPath, sequential, targets }, site) {
    const ways = targets.map((target) => compileTarget(target, site))
    const place = preservePayload ? { attachPath } : undefined
    const partsOf = expression instanceof JsonPathPath ? jsonParts(expression, place) : xmlParts(expression, place)
    const after: Flow = continueParent ? 'continue' : 'stop'
    const mediator: Mediator = (ctx) => {
      split(ctx, { ...partsOf(ctx), target: () => ways[0] ?? nothing }, { id, sequential })
      return after
    }
    return mediator
  },
})

const nothing: Mediator = () => 'continue'
