import { child, children, defineMediator, definedString, type Mediator, path, regex, required } from 'viaduct'

const nothing: Mediator = () => 'continue'

interface Case {
  readonly pattern: RegExp
  readonly run: Mediator
}

/** Runs the first case that the value matches. */
export const switchMediator = defineMediator({
  name: 'switch',
  summary: 'Runs the first case whose regular expression matches all of a value.',
  attributes: { source: required(path('The value.')) },
  children: {
    cases: children('case', 'One way.', {
      attributes: { regex: required(regex('Regular expression that the whole value must match.')) },
      content: 'pipeline',
    }),
    otherwise: child('default', 'Runs when no case matches, or there is no value.', { content: 'pipeline' }),
  },
  compile({ source, cases, otherwise }) {
    const onNothing = otherwise?.pipeline ?? nothing
    const ways = cases.map(({ regex, pipeline = nothing }): Case => ({ pattern: regex, run: pipeline }))
    const words = exactWords(ways)
    if (words !== undefined) return (ctx) => (words.get(definedString(source, ctx)) ?? onNothing)(ctx)
    return (ctx) => {
      const value = definedString(source, ctx)
      if (value === undefined) return onNothing(ctx)
      for (const { pattern, run } of ways) if (pattern.test(value)) return run(ctx)
      return onNothing(ctx)
    }
  },
})

/** Cases that are plain words are looked up; undefined when one of them is more than a word. */
function exactWords(cases: readonly Case[]): Map<string | undefined, Mediator> | undefined {
  const words = new Map<string | undefined, Mediator>()
  for (const { pattern, run } of cases) {
    const word = /^\^\(\?:([\w ]*)\)\$$/.exec(pattern.source)?.[1]
    if (word === undefined || pattern.flags !== '') return undefined
    if (!words.has(word)) words.set(word, run)
  }
  return words
}
