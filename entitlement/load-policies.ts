import {
  type AttributeSource,
  decodeXml,
  type Diagnostic,
  Diagnostics,
  formatDiagnostic,
  parseConfiguration,
  type Report,
  type ResourceHierarchy,
  type Span,
  XmlError,
} from 'viaduct'
import { POLICY_ALGORITHMS } from './combining/index.ts'
import { PolicyDecisionPoint } from './decision-point.ts'
import type { TimeRule } from './evaluation/clock.ts'
import { Indeterminate, PROCESSING_ERROR, SYNTAX_ERROR } from './evaluation/indeterminate.ts'
import { AttributeSources } from './evaluation/source-lookup.ts'
import type { Recording } from './explanation/recording.ts'
import { recordingWeaver } from './explanation/recording-weaver.ts'
import { matchLinearly } from './functions/match-linearly.ts'
import type { Evaluable } from './policy/compile-rule.ts'
import { COMPILER_LIMITS, type CompilerLimits, PolicyCompiler } from './policy/compile-policy.ts'
import type { PolicyNode, PolicySet } from './policy/model.ts'
import { isXacmlPolicy, readPolicy } from './policy/read-policy.ts'
import { plainWeaver, type Weaver } from './policy/weaver.ts'
import { rootPolicies } from './policy/root-policies.ts'

/** A policy document: `file` is what diagnostics show. */
export interface PolicyFile {
  readonly file: string
  readonly text: string | Uint8Array
}

export interface PolicyOptions {
  /** Identifiers of the policies that decide; all that no other one refers to unless given. */
  readonly roots?: readonly string[]
  /** How several roots are combined: the identifier of a policy-combining algorithm, or its last part in the version of 3.0. */
  readonly combining?: string
  readonly sources?: readonly AttributeSource[]
  readonly hierarchy?: ResourceHierarchy
  readonly limits?: Partial<CompilerLimits>
  /** Makes warnings errors. */
  readonly strict?: boolean
  /** Milliseconds since 1970; the clock of the machine unless given. */
  readonly now?: () => number
  readonly timeRule?: TimeRule
  readonly failed?: (message: string, cause: unknown) => void
  /** How a document is read, for those who keep what they have read before. */
  readonly read?: (file: PolicyFile) => PolicyDocument
}

/** What a document says, and what is wrong with it; no policy when it is of another kind. */
export interface PolicyDocument {
  readonly policies: readonly PolicyNode[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What came of reading policies. With errors among the diagnostics, `point` answers Indeterminate to everything. */
export interface LoadedPolicies {
  readonly point: PolicyDecisionPoint
  readonly diagnostics: readonly Diagnostic[]
  readonly failed: boolean
  /** How many documents there are. */
  readonly policies: number
}

/** Reads and compiles policies; all mistakes are found in one run. Documents of other kinds are left out. */
export function loadPolicies(files: readonly PolicyFile[], options: PolicyOptions = {}): LoadedPolicies {
  matchLinearly()
  const diagnostics = new Diagnostics(options.strict)
  const { read = readPolicyFile } = options
  const policies = files.flatMap((file) => {
    const document = read(file)
    for (const { code, at, message } of document.diagnostics) diagnostics.report(code, at, message)
    return document.policies
  })
  const syntaxFailed = diagnostics.failed
  const root = rootOf(policies, options, diagnostics.report)
  const compile = (weave: Weaver, report: Report): Evaluable => {
    const compiler = new PolicyCompiler(policies, report, weave, { ...COMPILER_LIMITS, ...options.limits })
    const compiled = compiler.compile(root)
    // Policies that nothing leads to are checked as well.
    for (const policy of policies) compiler.compile(policy)
    return compiled
  }
  const compiled = compile(plainWeaver, diagnostics.report)
  const { failed, found } = diagnostics
  const broken = failed ? refusing(syntaxFailed ? SYNTAX_ERROR : PROCESSING_ERROR) : undefined
  const point = new PolicyDecisionPoint({
    root: broken ?? compiled,
    explaining: (recording: () => Recording) => broken ?? compile(recordingWeaver(recording), () => {}),
    sources: new AttributeSources(options.sources ?? []),
    hierarchy: options.hierarchy,
    now: options.now ?? Date.now,
    timeRule: options.timeRule ?? 'request-or-clock',
    failed: options.failed ?? (() => {}),
  })
  return { point, diagnostics: found, failed, policies: policies.length }
}

/** Reads a document without looking at any other one. */
export function readPolicyFile({ file, text }: PolicyFile): PolicyDocument {
  const { report, found } = new Diagnostics()
  try {
    const { root } = parseConfiguration(typeof text === 'string' ? text : decodeXml(Buffer.from(text)), file)
    return { policies: isXacmlPolicy(root) ? [readPolicy(root, report)] : [], diagnostics: found }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const { line, column } = error
    report('xml-malformed', { file, line, column, endLine: line, endColumn: column }, error.message)
    return { policies: [], diagnostics: found }
  }
}

const NOWHERE: Span = { file: 'policies', line: 1, column: 1, endLine: 1, endColumn: 1 }

/** The one root itself, or a policy set of all of them. */
function rootOf(
  policies: readonly PolicyNode[],
  { roots, combining = 'deny-overrides' }: PolicyOptions,
  report: Report,
): PolicyNode {
  const chosen = rootPolicies(policies, roots, report)
  const [only] = chosen
  if (only !== undefined && chosen.length === 1) return only
  const id = POLICY_ALGORITHMS.has(combining)
    ? combining
    : ([...POLICY_ALGORITHMS.keys()].find((each) => each.endsWith(`:${combining}`)) ?? combining)
  const set: PolicySet = {
    kind: 'policySet',
    id: 'urn:viaduct:policies',
    version: '1.0',
    language: '3.0',
    description: '',
    target: { anyOf: [], at: NOWHERE },
    combining: { id, at: NOWHERE },
    children: chosen,
    obligations: [],
    advice: [],
    parameters: [],
    at: NOWHERE,
  }
  return set
}

/** Decides nothing: nobody may rely on policies that are not what their author meant. What is wrong is not for clients. */
function refusing(code: string): Evaluable {
  const decide = (): never => {
    throw new Indeterminate({ code, message: 'the policies are wrong' })
  }
  return { decide, matches: decide, conditions: [] }
}

/** The diagnostics as `viaduct check` prints them. */
export const printDiagnostics = (found: readonly Diagnostic[]): string => found.map(formatDiagnostic).join('\n')
