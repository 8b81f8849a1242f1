import {
  boolean,
  child,
  children,
  compileCondition,
  type Condition,
  ConditionSubject,
  type Config,
  defineMediator,
  definedString,
  Fault,
  guardedBuild,
  javaRegex,
  javaReplacement,
  type MessageContext,
  named,
  oneOf,
  parseUri,
  path,
  printUri,
  string,
  type UriFragments,
  withDefault,
  words,
} from 'viaduct'

/** Changes an address in place. */
type Edit = (uri: UriFragments, ctx: MessageContext) => UriFragments

interface Rule {
  readonly condition: Condition | undefined
  readonly edits: readonly Edit[]
}

type TextFragment = Exclude<keyof UriFragments, 'port'>

const action = {
  attributes: {
    type: withDefault(
      'set',
      oneOf(['set', 'append', 'prepend', 'replace', 'remove', 'remove-query-param'], 'What is done to the fragment.'),
    ),
    value: string('A literal.'),
    expression: named('xpath', path('Evaluated for every message.')),
    regex: string('What `replace` looks for.'),
    fragment: withDefault(
      'full',
      oneOf(
        ['protocol', 'user', 'host', 'port', 'path', 'query', 'ref', 'full'],
        'The part of the address that is changed.',
      ),
    ),
    resolve: withDefault(false, boolean('Whether {name} in the value stands for the property of that name.')),
  },
} as const

/** Rewrites an address by rules. */
export const rewrite = defineMediator({
  name: 'rewrite',
  summary: 'Rewrites the To address, or an address in a property, by rules.',
  attributes: {
    inProperty: string('Property that holds the address; without it, the To address.'),
    outProperty: string('Property that takes the result; without it, the To address.'),
  },
  children: {
    rules: children('rewriterule', 'Actions, and the condition under which they are done.', {
      children: {
        condition: child('condition', 'equal, match, exist, and, or, not.', { content: 'xml' }),
        actions: children('action', 'A change of the address.', action),
      },
    }),
  },
  check({ rules }, { fail }) {
    for (const { actions } of rules) {
      if (actions.length === 0) fail('element-missing', '<rewriterule> needs an <action>')
      for (const { type, value, expression, regex } of actions) {
        if (type === 'replace' && regex === undefined)
          fail('constraint-violated', 'an action of type replace needs a regex')
        if (type !== 'remove' && value === undefined && expression === undefined) {
          fail('constraint-violated', `an action of type ${type} needs a value or an xpath`)
        }
      }
    }
  },
  compile({ inProperty, outProperty, rules }, site) {
    const compiled = rules.map(({ condition, actions }): Rule => ({
      condition: condition && compileCondition(condition.node, site),
      edits: actions.map((each) => compileEdit(each, (reason) => site.fail('attribute-invalid', reason))),
    }))
    const run = (ctx: MessageContext): 'continue' => {
      const address = inProperty === undefined ? ctx.addressing.to : words(ctx.properties.get('default', inProperty))
      const result = rewritten(address ?? '', compiled, ctx)
      if (outProperty === undefined) ctx.addressing.to = result
      else ctx.properties.set('default', outProperty, result)
      return 'continue'
    }
    return compiled.some(({ condition }) => condition?.contentAware === true) ? guardedBuild(run) : run
  },
})

/** Conditions see the address as the rules before them left it. */
function rewritten(address: string, rules: readonly Rule[], ctx: MessageContext): string {
  let uri = parsed(address)
  for (const { condition, edits } of rules) {
    if (condition !== undefined && !condition.test(ctx, new ConditionSubject(printUri(uri)))) continue
    for (const edit of edits) uri = edit(uri, ctx)
  }
  const result = printUri(uri)
  parsed(result)
  return result
}

function parsed(address: string): UriFragments {
  const uri = parseUri(address)
  if (uri === undefined) throw new Fault(0, 'the address to rewrite is not a URI', { detail: address.slice(0, 200) })
  return uri
}

function compileEdit(config: Config<(typeof action)['attributes'], {}>, fail: (reason: string) => void): Edit {
  const { type, fragment } = config
  const source = sourceOf(config)
  if (fragment === 'full') return (_, ctx) => parsed(source(ctx))
  if (fragment === 'port') return (uri, ctx) => ({ ...uri, port: portOf(type === 'remove' ? '' : source(ctx)) })
  if (type === 'remove-query-param') return (uri, ctx) => ({ ...uri, query: withoutParameter(uri.query, source(ctx)) })
  if (type === 'replace') return replaceIn(fragment, config.regex ?? '', source, fail)
  const change = CHANGES[type]
  return (uri, ctx) => ({
    ...uri,
    [fragment]: change(uri[fragment] ?? '', type === 'remove' ? '' : source(ctx), fragment),
  })
}

type Change = (old: string, value: string, fragment: TextFragment) => string

const CHANGES: Readonly<Record<'set' | 'append' | 'prepend' | 'remove', Change>> = {
  set: (_, value) => value,
  append: (old, value, fragment) => old + joint(old, fragment) + value,
  prepend: (old, value, fragment) => value + joint(old, fragment) + old,
  remove: () => '',
}

const joint = (old: string, fragment: TextFragment): string => (fragment === 'query' && old !== '' ? '&' : '')

function replaceIn(
  fragment: TextFragment,
  regex: string,
  source: (ctx: MessageContext) => string,
  fail: (reason: string) => void,
): Edit {
  try {
    const pattern = javaRegex(regex, false, 'g')
    return (uri, ctx) => ({
      ...uri,
      [fragment]: (uri[fragment] ?? '').replaceAll(pattern, javaReplacement(source(ctx))),
    })
  } catch (error) {
    fail(`regex="${regex}": not a regular expression: ${error instanceof Error ? error.message : ''}`)
    return (uri) => uri
  }
}

function sourceOf({
  value,
  expression,
  resolve,
}: Config<(typeof action)['attributes'], {}>): (ctx: MessageContext) => string {
  const read = (ctx: MessageContext): string =>
    expression === undefined ? (value ?? '') : (definedString(expression, ctx) ?? '')
  if (!resolve) return read
  return (ctx) =>
    read(ctx).replaceAll(/\{([^{}]+)\}/g, (written, name: string) => {
      return words(ctx.properties.get('default', name)) ?? written
    })
}

function portOf(text: string): number {
  if (text === '') return -1
  const port = Number(text)
  if (!/^-?\d{1,5}$/.test(text) || port > 65_535) throw new Fault(0, `"${text.slice(0, 20)}" is not a port`)
  return port
}

function withoutParameter(query: string | undefined, name: string): string | undefined {
  if (query === undefined) return undefined
  const kept = query.split('&').filter((pair) => pair !== name && !pair.startsWith(`${name}=`))
  return kept.join('&')
}
