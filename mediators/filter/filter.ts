import {
  child,
  defineMediator,
  definedString,
  key,
  type Mediator,
  type MessageContext,
  nested,
  path,
  regex,
} from 'viaduct'

const nothing: Mediator = () => 'continue'

const branch = {
  attributes: { sequence: key('sequence', 'Deployed sequence to run instead of what is inside.') },
  content: 'pipeline',
} as const

/** Runs one of two branches, or what is inside when the condition holds. */
export const filter = defineMediator({
  name: 'filter',
  summary: 'Runs a branch when a condition holds, and another one when it does not.',
  attributes: {
    xpath: path('Condition: true when it selects something or is true.'),
    source: path('Value to compare with regex.'),
    regex: regex('Regular expression that the whole value of source must match.'),
  },
  children: {
    matched: child('then', 'Runs when the condition holds.', branch),
    otherwise: child('else', 'Runs when it does not.', branch),
  },
  content: 'pipeline',
  check({ xpath, source, regex, matched, otherwise, pipeline }, { fail }) {
    if (xpath === undefined && (source === undefined || regex === undefined)) {
      fail('constraint-violated', 'a filter needs xpath, or source and regex')
    }
    if (xpath !== undefined && (source !== undefined || regex !== undefined)) {
      fail('constraint-violated', 'a filter has either xpath, or source and regex')
    }
    if (matched === undefined && otherwise !== undefined) fail('constraint-violated', '<else> needs a <then> beside it')
    if (matched !== undefined && pipeline !== undefined) {
      fail('constraint-violated', 'mediators beside <then> would never run: put them inside it')
    }
  },
  compile({ xpath, source, regex, matched, otherwise, pipeline }) {
    const onMatch = branchOf(matched) ?? pipeline ?? nothing
    const onMismatch = branchOf(otherwise) ?? nothing
    if (xpath !== undefined) return (ctx) => (xpath.boolean(ctx) ? onMatch(ctx) : onMismatch(ctx))
    if (source === undefined || regex === undefined) return nothing
    const holds = (ctx: MessageContext): boolean => {
      const value = definedString(source, ctx)
      return value !== undefined && regex.test(value)
    }
    return (ctx) => (holds(ctx) ? onMatch(ctx) : onMismatch(ctx))
  },
})

type Branch = {
  readonly sequence: { get(ctx: MessageContext): { readonly mediator: Mediator } } | undefined
  readonly pipeline: Mediator | undefined
}

function branchOf(branch: Branch | undefined): Mediator | undefined {
  if (branch === undefined) return undefined
  const { sequence, pipeline } = branch
  return sequence === undefined ? (pipeline ?? nothing) : (ctx) => nested(sequence.get(ctx).mediator, ctx)
}
