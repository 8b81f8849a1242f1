import { boolean, type Config, oneOf, string, withDefault } from 'viaduct'

/** `<source>`: where the content comes from. */
export const sourceShape = {
  attributes: {
    type: withDefault(
      'custom',
      oneOf(['custom', 'envelope', 'body', 'property', 'inline'], 'Where the content comes from.'),
    ),
    clone: withDefault(true, boolean('Whether a copy is taken; false moves the content.')),
    xpath: string('What a custom source takes: XPath, or JSONPath as json-eval(…); a list of them for remove.'),
    property: string('Property that holds the content.'),
    key: string('Registry resource or local entry that holds inline content.'),
  },
  content: 'xml',
} as const

/** `<target>`: where the content goes. */
export const targetShape = {
  attributes: {
    type: withDefault('custom', oneOf(['custom', 'envelope', 'body', 'property', 'key'], 'Where the content goes.')),
    action: withDefault('replace', oneOf(['replace', 'child', 'sibling', 'remove'], 'What happens to what is there.')),
    xpath: string('The place of a custom or key target: XPath, or JSONPath as json-eval(…).'),
    property: string('Property that takes the content.'),
  },
} as const

export type SourceConfig = Config<(typeof sourceShape)['attributes'], {}>
export type TargetConfig = Config<(typeof targetShape)['attributes'], {}>

/** What is wrong with a source and a target that are right each for itself (language reference 2.3); undefined: nothing. */
export function mismatch(source: SourceConfig, target: TargetConfig): string | undefined {
  return (
    incomplete(source, target) ??
    (target.action === 'remove' ? wrongRemoval(source, target) : wrongPair(source, target))
  )
}

function incomplete(source: SourceConfig, { type, xpath, property, action }: TargetConfig): string | undefined {
  if (source.type === 'custom' && source.xpath === undefined) return 'a custom source needs an xpath'
  if (source.type === 'property' && source.property === undefined)
    return 'a source of type property needs the attribute property'
  if (source.type === 'inline' && source.key === undefined && source.text === '' && source.node.children.length === 0) {
    return 'an inline source needs content or a key'
  }
  if (type === 'custom' && xpath === undefined && action !== 'remove') return 'a custom target needs an xpath'
  if (type === 'property' && property === undefined) return 'a target of type property needs the attribute property'
  return undefined
}

function wrongRemoval(source: SourceConfig, { type }: TargetConfig): string | undefined {
  if (source.type !== 'custom') return 'action="remove" needs a custom source, which selects what is removed'
  return type === 'body' || type === 'property' ? undefined : 'action="remove" needs a target of type body or property'
}

function wrongPair(source: SourceConfig, { type, action, xpath }: TargetConfig): string | undefined {
  if (source.type === 'envelope' && type !== 'property') return 'the envelope can only go into a property'
  if (source.type === 'body' && (type === 'envelope' || type === 'body')) return `the body cannot go into the ${type}`
  if (source.type === 'custom' && type === 'envelope') return 'a part of the message cannot become the envelope'
  if (type === 'envelope' && action !== 'replace') return 'an envelope can only be replaced'
  if (type === 'key') return wrongKey(source, action, xpath)
  const root =
    type === 'custom' && action === 'replace' && xpath !== undefined && /^\s*json-eval\(\s*\$\.?\s*\)\s*$/.test(xpath)
  return root ? 'the root of a JSON body is replaced with type="body"' : undefined
}

function wrongKey(source: SourceConfig, action: string, xpath: string | undefined): string | undefined {
  if (action !== 'replace') return 'a key can only be replaced'
  if (source.type === 'body') return 'the body cannot become a key'
  return xpath?.trim().startsWith('json-eval(') === true
    ? undefined
    : 'a target of type key needs a JSONPath: json-eval(…)'
}
