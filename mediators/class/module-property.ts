import { ELEMENT, type MessageContext, type Path, type Site, type XmlElement } from 'viaduct'

/** A `<property>` or `<argument>` of a class mediator as it was read. */
export interface ModuleProperty {
  readonly name: string
  readonly value: string | undefined
  readonly expression: Path | undefined
  readonly text: string
  readonly node: XmlElement
}

/** The value for one message; `ctx` is undefined at deployment, when expressions have none. */
export function valueOf({ value, expression, node, text }: ModuleProperty, ctx: MessageContext | undefined): unknown {
  if (value !== undefined) return value
  if (expression !== undefined) return ctx === undefined ? undefined : expression.evaluate(ctx)
  return node.children.find((each) => each.type === ELEMENT) ?? text
}

/** Properties of a module on a thread of its own: only literals can go there. */
export function literalsOf(properties: readonly ModuleProperty[], site: Site): Map<string, string> {
  const literals = new Map<string, string>()
  for (const property of properties) {
    if (property.expression !== undefined) {
      site.fail(
        'constraint-violated',
        `the module runs on a thread of its own, so its property "${property.name}" must be a literal`,
        property.node.at,
      )
    }
    literals.set(property.name, property.value ?? property.text)
  }
  return literals
}
