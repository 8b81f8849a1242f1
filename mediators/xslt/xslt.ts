import {
  append,
  boolean,
  bodyChild,
  bodyOf,
  child,
  children,
  cloneNode,
  defineMediator,
  detach,
  ELEMENT,
  type Mediator,
  type MessageContext,
  type Path,
  path,
  replace,
  required,
  string,
  TEXT,
  textPayload,
  value,
  XmlElement,
  type XmlNode,
  withDefault,
} from 'viaduct'
import type { TransformResult } from 'viaduct/xslt'
import { compileParameters } from './parameters.ts'
import { compileKey } from './stylesheets.ts'
import { transform } from './transform.ts'

/** `xslt`: transforms the payload or a part of the message by a stylesheet (language reference 2.1). */
export const xslt = defineMediator({
  name: 'xslt',
  summary: 'Transforms the payload, or the part of the message that source selects, by an XSLT 1.0 stylesheet.',
  attributes: {
    key: required(value('Where the stylesheet is kept.')),
    source: path('Selects what is transformed; without it, the first child of the body.'),
    target: string('Property for the result; without it, the result takes the place of the source.'),
    useCache: withDefault(true, boolean('Not used: stylesheets are compiled once.')),
  },
  children: {
    properties: children('property', 'A parameter of the stylesheet.', {
      attributes: {
        name: required(string('Name.')),
        value: string('A literal.'),
        expression: path('Evaluated for every message.'),
      },
    }),
    features: children('feature', 'Not used: they set up Java processors.', {
      attributes: { name: required(string('Name.')), value: string('true or false.') },
    }),
    attributes: children('attribute', 'Not used: they set up Java processors.', {
      attributes: { name: required(string('Name.')), value: string('Value.') },
    }),
    resources: children('resource', 'Where a name in the stylesheet leads.', {
      attributes: {
        location: required(string('The name, as import, include and document() have it.')),
        key: required(string('Where it is kept.')),
      },
    }),
    cache: child('cache', 'Not used.', { content: 'text' }),
  },
  builds: true,
  check({ properties }, { fail }) {
    for (const { name, value: literal, expression, node } of properties)
      if ((literal === undefined) === (expression === undefined))
        fail('constraint-violated', `the property "${name}" needs either a value or an expression`, node.at)
  },
  compile({ key, source, target, properties, resources }, site) {
    const places = new Map(resources.map(({ location, key: place }) => [location, place]))
    const stylesheets = compileKey(key, places, site)
    if (stylesheets === undefined) return () => 'stop'
    const parameters = compileParameters(properties)
    const mediator: Mediator = (ctx) => {
      const from = sourceOf(ctx, source)
      if (from === undefined) {
        ctx.log('WARN', 'xslt', 'there is nothing to transform')
        return 'continue'
      }
      const result = transform(ctx, stylesheets, from, parameters(ctx))
      if (target === undefined) put(ctx, source, result)
      else ctx.properties.set('default', target, kept(result))
      return 'continue'
    }
    return mediator
  },
})

/** The element to transform, in the tree of the message. */
function sourceOf(ctx: MessageContext, source: Path | undefined): XmlElement | undefined {
  if (source === undefined) return bodyChild(ctx.message.tree)
  return source.nodes(ctx).find((node) => node instanceof XmlElement)
}

/** What the result is in the message: its elements, or its text in the element that stands for text payloads. */
function nodesOf({ method, tree }: TransformResult): XmlNode[] {
  const { children: nodes } = tree
  if (method !== 'text' && nodes.some(({ type }) => type === ELEMENT))
    return nodes.filter(({ type }) => type === ELEMENT)
  const text = nodes.map((node) => (node.type === TEXT ? node.value : '')).join('')
  return text === '' ? [] : [textPayload(text)]
}

function put(ctx: MessageContext, source: Path | undefined, result: TransformResult): void {
  const tree = ctx.message.editTree()
  // The tree may be a copy now: the source is looked for again.
  const place = source === undefined ? bodyChild(tree) : source.nodes(ctx).find((node) => node instanceof XmlElement)
  if (place === undefined) return
  const nodes = nodesOf(result).map((node) => (node.type === ELEMENT ? detach(node) : node))
  if (place === tree.root) putEnvelope(ctx, nodes)
  else if (place.parent === tree.root) fill(place, place === bodyOf(tree) ? inside(nodes) : nodes)
  else replace(place, ...nodes)
}

/** COMPAT xslt-body-children: of a result that takes the place of the whole body or header, the children of its root go in. */
const inside = (nodes: readonly XmlNode[]): XmlNode[] =>
  nodes.flatMap((node) => (node.type === ELEMENT ? [...node.children] : [node]))

function fill(element: XmlElement, nodes: readonly XmlNode[]): void {
  element.children = []
  for (const node of nodes) append(element, node)
}

function putEnvelope(ctx: MessageContext, [root]: readonly XmlNode[]): void {
  if (root?.type !== ELEMENT) return
  const tree = ctx.message.editTree()
  const own = tree.root
  if (root.name === own.name && root.namespace === own.namespace) fill(own, [...root.children])
  else fill(bodyOf(tree), [root])
}

/** An element for a property; a text where the result is one. */
function kept(result: TransformResult): unknown {
  const [first] = nodesOf(result)
  if (result.method === 'text' || first?.type !== ELEMENT) return result.print()
  return cloneNode(first)
}
