import {
  addBranch,
  arriving,
  type Branch,
  child,
  compilePath,
  defineMediator,
  key,
  type Mediator,
  type MessageContext,
  nested,
  number,
  oneOf,
  path,
  required,
  sharedDataHolder,
  string,
  suffixOf,
  value,
  withDefault,
} from 'viaduct'
import { Bucket } from './bucket.ts'
import { Buckets } from './buckets.ts'
import { compileMerge } from './merge.ts'

const FIRST_CHILD = '/*/*[local-name()="Body"]/*[1]'

/** `aggregate`: gathers messages and goes on with one made of them (language reference 2.5). */
export const aggregate = defineMediator({
  name: 'aggregate',
  summary: 'Holds the messages that a clone or iterate has made, or that belong together, until they are complete.',
  attributes: {
    id: string('The id of the clone or iterate whose messages are gathered.'),
  },
  children: {
    correlateOn: child('correlateOn', 'What messages that belong together have in common.', {
      attributes: { expression: required(path('Messages for which it is empty or false go on at once.')) },
    }),
    completeCondition: child('completeCondition', 'When it is complete; without one, when all parts are there.', {
      attributes: { timeout: number('Seconds after which what is there goes on.') },
      children: {
        messageCount: child('messageCount', 'How many messages are enough.', {
          attributes: {
            min: value('As soon as so many are there; -1: not used.'),
            max: value('Likewise; -1: not used.'),
          },
        }),
      },
    }),
    onComplete: child('onComplete', 'What happens with the message made of all.', {
      attributes: {
        expression: path('What is taken of each message; without one, the first child of the body.'),
        sequence: key('sequence', 'Deployed sequence to run, instead of mediators inside.'),
        aggregateElementType: withDefault(
          'root',
          oneOf(['root', 'child'], 'JSON: an array of all (root), or the members of all in one (child).'),
        ),
        enclosingElementProperty: string('Property with the element that is put around them.'),
      },
      content: 'pipeline',
    }),
  },
  builds: true,
  compile({ id, correlateOn, completeCondition, onComplete, node }, site) {
    const { min, max } = completeCondition?.messageCount ?? {}
    const seconds = completeCondition?.timeout ?? 0
    const correlation = correlateOn?.expression
    const expression =
      onComplete?.expression ?? compilePath(FIRST_CHILD, { element: node, at: site.at, linker: site.linker })
    const merge = compileMerge({
      expression,
      whole: onComplete?.aggregateElementType !== 'child',
      enclosing: onComplete?.enclosingElementProperty,
    })
    const { sequence, pipeline } = onComplete ?? {}
    const then: Mediator =
      sequence === undefined
        ? (pipeline ?? (onComplete === undefined ? stop : goOn))
        : (ctx) => nested(sequence.get(ctx).mediator, ctx)
    const common = site.linker.state(`aggregate:${site.path}`, correlation?.text ?? '', () => new Buckets())

    const open = (first: MessageContext): Bucket =>
      new Bucket({
        total: totalOf(first, id),
        least: countOf(min?.string(first)),
        most: countOf(max?.string(first)),
      })

    /** Where the message belongs; undefined when it belongs nowhere. */
    const bucketOf = (ctx: MessageContext): Bucket | undefined => {
      if (correlation?.boolean(ctx) === false) return undefined
      const holder = sharedDataHolder(ctx, id)
      // COMPAT correlate-on-takes-part: among the parts of one whole the value only decides which take part.
      if (holder !== undefined) return holder.at(site.path, () => open(ctx))
      return correlation && common.at(correlation.string(ctx), () => open(ctx))
    }

    const complete = (bucket: Bucket): Branch => arriving(merge(bucket.close()), then)

    const mediator: Mediator = (ctx) => {
      const bucket = bucketOf(ctx)
      if (bucket === undefined) return 'continue'
      if (bucket.closed) return 'stop'
      bucket.add(ctx)
      if (bucket.complete) addBranch(ctx, complete(bucket))
      else if (seconds > 0 && bucket.size === 1)
        addBranch(
          ctx,
          bucket.expire(seconds * 1000, () => complete(bucket)),
        )
      return 'stop'
    }
    return mediator
  },
})

const goOn: Mediator = () => 'continue'

/** Without onComplete what was gathered is let go (language reference 2.5). */
const stop: Mediator = () => 'stop'

/** How many parts the split made: behind the slash of `messageSequence`. */
function totalOf({ properties }: MessageContext, id: string | undefined): number {
  const sequence = properties.get('default', `messageSequence${suffixOf(id)}`)
  return typeof sequence === 'string' ? countOf(sequence.slice(sequence.indexOf('/') + 1)) : 0
}

/** 0 for what is no number above it. */
const countOf = (text: string | undefined): number => Math.max(0, Number.parseInt(text ?? '', 10) || 0)
