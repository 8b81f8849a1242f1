import type { MessageContext, Path, xpath } from 'viaduct'

interface ParameterConfig {
  readonly name: string
  readonly value: string | undefined
  readonly expression: Path | undefined
}

export type Parameters = (ctx: MessageContext) => ReadonlyMap<string, xpath.XPathValue>

/** Parameters of a stylesheet: texts, as they come from the properties of the mediator. */
export function compileParameters(properties: readonly ParameterConfig[]): Parameters {
  if (properties.every(({ expression }) => expression === undefined)) {
    const fixed = new Map(properties.map(({ name, value = '' }) => [name, value]))
    return () => fixed
  }
  return (ctx) =>
    new Map(
      properties.map(({ name, value = '', expression }) => [
        name,
        expression === undefined ? value : expression.string(ctx),
      ]),
    )
}
