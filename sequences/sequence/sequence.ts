import {
  defineArtifact,
  guarded,
  key,
  type Mediator,
  nested,
  type Reference,
  required,
  type Route,
  type Sequence,
  stop,
  string,
} from 'viaduct'
import { isDefault } from '../default-sequences.ts'

const nothing: Mediator = () => 'continue'

/** A sequence as it was deployed. */
interface DeployedSequence extends Sequence {
  /** It is there because the home does not bring one of that name. */
  readonly byDefault: boolean
}

/** A named pipeline with its fault handler (language reference 3.1). `main` is also where arrivals go that nothing else takes. */
export const sequence = defineArtifact({
  name: 'sequence',
  folders: ['sequences'],
  summary: 'Mediators in order, under a name that others can refer to.',
  attributes: {
    name: required(string('Name; `main` and `fault` are special.')),
    onError: key('sequence', 'Sequence that handles faults of this one.'),
  },
  content: 'pipeline',
  compile: ({ name, onError, pipeline = nothing }, { at }): DeployedSequence => ({
    name,
    mediator: onError === undefined ? pipeline : guarded(pipeline, handler(onError)),
    byDefault: isDefault(at.file),
  }),
  entrance(sequences) {
    const main = sequences.get('main')
    // The default main would take a message for no reason and answer 202: the bus says "not found" instead.
    const route = main === undefined || main.byDefault ? undefined : mainRoute(main, sequences.get('fault'))
    return { match: ({ inbound }) => (inbound === undefined ? route : undefined) }
  },
})

const handler =
  (onError: Reference<Sequence>): Mediator =>
  (ctx) =>
    nested(onError.get(ctx).mediator, ctx)

/** Answers come to `main` again: its `in` and `out` tell them apart (language reference 1.2). */
const mainRoute = ({ mediator }: Sequence, fault: Sequence | undefined): Route => ({
  name: 'main',
  receive: mediator,
  answer: mediator,
  fault: fault?.mediator ?? stop,
})
