import type { AnyArtifactDefinition, AnyMediatorDefinition, PartDefinition } from '../artifact.ts'
import type { BusServices } from '../bus.ts'
import { Compiler } from '../compiler.ts'
import type { Deployment } from '../deployment.ts'
import { type Diagnostic, Diagnostics, formatDiagnostic, type Span } from '../diagnostic.ts'
import { Language } from '../language.ts'
import { type Layer, type Mediator, SYNAPSE } from '../mediator.ts'
import { parseConfiguration } from '../xml/positions.ts'
import { XmlError } from '../xml/xml-error.ts'
import { ELEMENT, type XmlElement } from '../xml/tree.ts'
import { createDeployment } from './deployment.ts'
import { type LinkerParts, TestLinker } from './linker.ts'

export interface CompileOptions extends LinkerParts {
  readonly mediators?: Iterable<AnyMediatorDefinition>
  readonly artifacts?: Iterable<AnyArtifactDefinition>
  readonly pending?: ReadonlyMap<string, string>
  readonly services?: BusServices
  /** Where references and resources are found. */
  readonly deployment?: Deployment
  readonly layers?: readonly Layer[]
  readonly strict?: boolean
}

export interface Compiled {
  /** What could be compiled; the real loader refuses a configuration with errors. */
  readonly mediator: Mediator
  /** As `viaduct check` prints them: `test.xml:line:column severity code: message`. */
  readonly diagnostics: readonly string[]
  readonly found: readonly Diagnostic[]
}

/** Compiles one or more mediators. Elements without a namespace declaration are Synapse's; lines and columns are those of `xml`. */
export function compileMediators(xml: string, options: CompileOptions = {}): Compiled {
  const { diagnostics, linker, compiler } = workshop(options)
  const root = parseSnippet(xml, diagnostics)
  const mediator = compiler.pipeline(root === undefined ? [] : elementsOf(root), 'test')
  linker.link()
  return { mediator, diagnostics: diagnostics.found.map(formatDiagnostic), found: diagnostics.found }
}

export interface CompiledElement<P> {
  readonly value: P | undefined
  readonly diagnostics: readonly string[]
  readonly found: readonly Diagnostic[]
  /** What the element asked to be run when the deployment starts and stops. */
  readonly started: readonly (() => void | Promise<void>)[]
  readonly stopped: readonly (() => void | Promise<void>)[]
}

/** Compiles one element that is no mediator: an artifact, a kind of endpoint. */
export function compileElement<P>(
  definition: PartDefinition<P>,
  xml: string,
  options: CompileOptions = {},
): CompiledElement<P> {
  const { diagnostics, linker, compiler } = workshop(options)
  const root = parseSnippet(xml, diagnostics)
  const element = root === undefined ? undefined : elementsOf(root)[0]
  const value = element === undefined ? undefined : compiler.compile(definition, element, definition.name)
  linker.link()
  const { started, stopped } = linker
  return { value, diagnostics: diagnostics.found.map(formatDiagnostic), found: diagnostics.found, started, stopped }
}

function workshop(options: CompileOptions) {
  const { mediators = [], artifacts = [], pending = new Map<string, string>(), layers = [], services } = options
  const deployment = options.deployment ?? createDeployment(services === undefined ? {} : { services })
  const diagnostics = new Diagnostics(options.strict)
  const linker = new TestLinker(deployment, diagnostics, options)
  const compiler = new Compiler(new Language({ mediators, artifacts, pending }), linker, layers)
  linker.compiler = compiler
  return { diagnostics, linker, compiler }
}

const FILE = 'test.xml'

/** The snippet inside an element that declares the namespace; every place is then moved up by the line that was added. */
function parseSnippet(xml: string, { report }: Diagnostics): XmlElement | undefined {
  try {
    const { root } = parseConfiguration(`<snippet xmlns="${SYNAPSE}">\n${xml}\n</snippet>`, FILE)
    moveUp(root)
    return root
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const { line, column, reason: message } = error
    report('xml-malformed', up({ file: FILE, line, column, endLine: line, endColumn: column }), message)
    return undefined
  }
}

function moveUp(element: XmlElement): void {
  if (element.at) element.at = up(element.at)
  for (const attribute of element.attributes) {
    if (attribute.at) attribute.at = up(attribute.at)
    if (attribute.valueAt) attribute.valueAt = up(attribute.valueAt)
  }
  for (const child of elementsOf(element)) moveUp(child)
}

const up = (at: Span): Span => ({ ...at, line: at.line - 1, endLine: at.endLine - 1 })

const elementsOf = (element: XmlElement): XmlElement[] =>
  element.children.filter((node): node is XmlElement => node.type === ELEMENT)
