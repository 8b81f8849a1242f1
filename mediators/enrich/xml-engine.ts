import type { MessageContext, Path, Scope } from 'viaduct'
import type { Expressions } from './expressions.ts'
import type { Inline } from './inline.ts'
import {
  bodySource,
  customSource,
  envelopeSource,
  inlineSource,
  nothingSource,
  propertySource,
  type XmlSource,
} from './material.ts'
import type { SourceConfig, TargetConfig } from './shape.ts'
import {
  type Action,
  bodyTarget,
  customTarget,
  envelopeTarget,
  propertyNamedBy,
  propertyTarget,
  removeSelected,
  type XmlTarget,
} from './xml-target.ts'

type Run = (ctx: MessageContext) => void

/** Works on the tree of the message, which becomes XML unless only a property is written. */
export function compileXmlEngine(
  source: SourceConfig,
  target: TargetConfig,
  expressions: Expressions,
  inline: Inline | undefined,
): Run {
  const { action } = target
  if (action === 'remove') return compileRemoval(expressions, target)
  const put = compileTarget(target, action, expressions.target)
  // What goes into a property is always a copy: upstream leaves it in the message too.
  const take = compileSource(source, source.clone || !put.edits, expressions, inline)
  return (ctx) => {
    const tree = put.edits ? ctx.message.editTree() : ctx.message.tree
    put.place(ctx, tree, take(ctx, tree))
  }
}

function compileRemoval({ source: [path] }: Expressions, { type }: TargetConfig): Run {
  if (path === undefined || path.kind === 'json' || type !== 'body') return () => {}
  const remove = removeSelected(path)
  return (ctx) => {
    ctx.message.editTree()
    remove(ctx)
  }
}

function compileSource(
  source: SourceConfig,
  clone: boolean,
  { source: [path] }: Expressions,
  inline: Inline | undefined,
): XmlSource {
  switch (source.type) {
    case 'envelope':
      return envelopeSource
    case 'body':
      return bodySource(clone)
    case 'property':
      return propertySource(source.property ?? '')
    case 'inline':
      return inline === undefined ? nothingSource : inlineSource(inline)
    case 'custom':
      return path === undefined ? nothingSource : customSource(path, clone)
  }
}

interface Place {
  readonly place: XmlTarget
  /** The tree of the message is changed. */
  readonly edits: boolean
}

const NOWHERE: Place = { place: () => {}, edits: false }

function compileTarget(target: TargetConfig, action: Action, path: Path | undefined): Place {
  switch (target.type) {
    case 'envelope':
      return { place: envelopeTarget, edits: false }
    case 'body':
      return { place: bodyTarget(action), edits: true }
    case 'property':
      return { place: propertyTarget('default', target.property ?? '', action), edits: false }
    case 'custom':
      return compileCustomTarget(target, action, path)
    case 'key':
      return NOWHERE
  }
}

function compileCustomTarget({ xpath = '' }: TargetConfig, action: Action, path: Path | undefined): Place {
  const [scope, name] = propertyNamedBy(xpath) ?? []
  if (scope !== undefined && name !== undefined) {
    return { place: propertyTarget(scopeOf(scope), name, action), edits: false }
  }
  return path === undefined ? NOWHERE : { place: customTarget(path, action), edits: true }
}

const SCOPES: ReadonlySet<string> = new Set<Scope>([
  'axis2',
  'axis2-client',
  'transport',
  'operation',
  'system',
  'analytics',
])

const isScope = (scope: string): scope is Scope => SCOPES.has(scope)

const scopeOf = (scope: string): Scope => (isScope(scope) ? scope : 'default')
