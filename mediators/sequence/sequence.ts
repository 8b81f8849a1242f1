import { defineMediator, guarded, key, type Mediator, nested, string } from 'viaduct'

const nothing: Mediator = () => 'continue'

/** Runs a sequence: one that is deployed under a name, or the one written here. */
export const sequence = defineMediator({
  name: 'sequence',
  summary: 'Runs a deployed sequence, or the mediators inside.',
  attributes: {
    key: key('sequence', 'Name of the sequence to run; an expression in braces is looked up for every message.'),
    name: string('Name of a sequence that is written here; for people only.'),
    onError: key('sequence', 'Sequence that handles faults of the mediators inside.'),
  },
  content: 'pipeline',
  check({ key, name, onError, pipeline }, { fail }) {
    if (key === undefined) return
    if (onError !== undefined)
      fail('constraint-violated', 'a reference by key cannot have onError: the sequence itself has one')
    if (pipeline !== undefined) fail('constraint-violated', 'a reference by key holds no mediators')
    if (name !== undefined)
      fail('constraint-violated', 'key refers to a sequence and name defines one: give one of them')
  },
  compile({ key, onError, pipeline = nothing }) {
    if (key !== undefined) return (ctx) => nested(key.get(ctx).mediator, ctx)
    if (onError === undefined) return pipeline
    return guarded(pipeline, (ctx) => nested(onError.get(ctx).mediator, ctx))
  },
})
