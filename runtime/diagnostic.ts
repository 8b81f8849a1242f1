/** A half-open range in one source file. Lines and columns count from 1, as editors do. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export type Severity = 'error' | 'warning'

/** One mistake in a configuration, found before traffic. `code` has a page in `docs/errors/` (table: `diagnostic-codes.ts`). */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly message: string
  readonly at: Span
}

/** How loaders tell about mistakes. Severity follows from the code. */
export type Report = (code: DiagnosticCode, at: Span, message: string) => void

/** Every code, its severity, cause and cure. `docs/errors`, `viaduct explain` and the parity test are made from this table. */
export const DIAGNOSTICS = {
  'xml-malformed': {
    severity: 'error',
    meaning: 'The file is not well-formed XML.',
    cure: 'Correct the markup at the place given; an unclosed or misspelt tag before it is the usual cause.',
  },
  'element-unknown': {
    severity: 'error',
    meaning: 'The configuration language has no such element at this place.',
    cure: 'Correct the spelling, or move the element to where it is allowed (`viaduct explain <element>` shows where).',
  },
  'element-unsupported': {
    severity: 'error',
    meaning: 'The element belongs to the language, but this version of Viaduct cannot run it yet.',
    cure: 'Remove it, or replace it by what the message names.',
  },
  'element-missing': {
    severity: 'error',
    meaning: 'A required child element is not there.',
    cure: 'Add the element that the message names.',
  },
  'element-repeated': {
    severity: 'error',
    meaning: 'An element that may appear once appears again.',
    cure: 'Keep one of them.',
  },
  'attribute-unknown': {
    severity: 'warning',
    meaning: 'The element has no such attribute, so it has no effect.',
    cure: 'Correct the spelling or remove it. Under `--strict` this is an error.',
  },
  'attribute-idle': {
    severity: 'warning',
    meaning: 'The attribute, child or property belongs to the language, but means nothing to this bus.',
    cure: 'Remove it when what the message says is enough. Under `--strict` this is an error.',
  },
  'attribute-missing': {
    severity: 'error',
    meaning: 'A required attribute is not there.',
    cure: 'Add the attribute that the message names.',
  },
  'attribute-invalid': {
    severity: 'error',
    meaning: 'The value of an attribute does not have the form that it needs.',
    cure: 'Write one of the values, or a value of the form, that the message names.',
  },
  'text-invalid': {
    severity: 'error',
    meaning: 'The text inside an element does not have the form that it needs, or text stands where none is allowed.',
    cure: 'Correct or remove the text at the place given.',
  },
  'expression-invalid': {
    severity: 'error',
    meaning: 'An XPath, JSONPath or ${…} expression cannot be compiled.',
    cure: 'Correct the expression at the place given; a prefix must be declared on the element or above it.',
  },
  'constraint-violated': {
    severity: 'error',
    meaning: 'Attributes or children that are right each for itself do not go together.',
    cure: 'Follow the rule that the message names.',
  },
  'reference-unresolved': {
    severity: 'error',
    meaning: 'The configuration refers to an artifact that is not in this home.',
    cure: 'Correct the name, or add the artifact.',
  },
  'reference-late': {
    severity: 'warning',
    meaning:
      'The configuration refers to an artifact that is not in this home, and `references` is `late`: a message that comes there is a fault.',
    cure: 'Correct the name, or add the artifact.',
  },
  'sequence-cycle': {
    severity: 'error',
    meaning: 'Sequences, templates or endpoints refer to each other in a circle that a message would never leave.',
    cure: 'Break the circle that the message shows.',
  },
  'sequence-recursion': {
    severity: 'warning',
    meaning: 'Sequences or templates call each other in a circle that only a branch on the way can end.',
    cure: 'Make sure that the branch is left at some time; a message that nests deeper than `limits.depth` becomes a fault.',
  },
  'name-duplicate': {
    severity: 'error',
    meaning: 'Two artifacts of one kind have the same name.',
    cure: 'Rename one of them; the message shows where the other is.',
  },
  'parameter-unresolved': {
    severity: 'error',
    meaning: 'A value names an environment variable, file or configuration property that does not exist.',
    cure: 'Set the variable or property that the message names.',
  },
  'resource-unreadable': {
    severity: 'error',
    meaning: 'A file, registry resource or URL that the configuration names cannot be read.',
    cure: 'Correct the location, or make the resource readable.',
  },
  'class-unknown': {
    severity: 'error',
    meaning: 'No module in mediators/ exports the class, and the bus has no built-in of that name.',
    cure: 'Add a module that exports it (or lists it under `alias`), or correct the name.',
  },
  'schema-invalid': {
    severity: 'error',
    meaning: 'A schema that the configuration uses is missing or wrong.',
    cure: 'Correct the schema, or the key that leads to it.',
  },
  'stylesheet-invalid': {
    severity: 'error',
    meaning: 'An XSLT stylesheet that the configuration uses is missing or wrong.',
    cure: 'Correct the stylesheet at the place given.',
  },
  'module-failed': {
    severity: 'error',
    meaning: 'A module in mediators/ could not be loaded or set up.',
    cure: 'Correct the module; the message holds what it threw.',
  },
  'start-failed': {
    severity: 'error',
    meaning: 'Something that the configuration asked for could not be opened when the deployment started.',
    cure: 'The message holds the reason; what ran before goes on.',
  },
  'setting-invalid': {
    severity: 'error',
    meaning: 'viaduct.config.json holds an unknown key or a wrong value.',
    cure: 'Correct the key or the value; an editor that follows `$schema` completes them.',
  },
  'users-invalid': {
    severity: 'error',
    meaning: 'The file with users (identity.file) does not have the form that it needs.',
    cure: 'Correct it at the place given; docs/guide/users.md shows the form.',
  },
  'keystore-invalid': {
    severity: 'error',
    meaning: 'A keystore, key or revocation list that the configuration names cannot be used.',
    cure: 'The message says why: a wrong password, a damaged or unsupported file. `keytool -list` and `openssl pkcs12 -info` read the same files.',
  },
  'template-invalid': {
    severity: 'error',
    meaning: 'A template of a letter (mail.templates) cannot be used.',
    cure: 'Correct it at the place given: the first line is "Subject: …", and every {{#name}} needs its {{/name}}.',
  },
  'home-empty': {
    severity: 'error',
    meaning: 'The folder holds no configuration that Viaduct recognises.',
    cure: 'Give a folder with proxies/, sequences/, …, a synapse-configs tree, or a <definitions> file; `viaduct new` makes one.',
  },
  'policy-doubtful': {
    severity: 'warning',
    meaning: 'A security policy is applied, but part of it is weak, misspelt or without effect.',
    cure: 'Correct the policy as the message says; the documentation names suites and settings to prefer.',
  },
  'policy-type': {
    severity: 'error',
    meaning: 'A value or an argument in a XACML policy does not have the data type that is needed there.',
    cure: 'Correct the type or the value that the message names; bags become values by a …-one-and-only function.',
  },
  'policy-function': {
    severity: 'error',
    meaning: 'A XACML policy names a function or combining algorithm that does not exist.',
    cure: 'Correct the identifier; the version inside of it counts as well.',
  },
  'policy-cycle': {
    severity: 'error',
    meaning: 'Policies, or variables of a policy, refer to each other in a circle.',
    cure: 'Break the circle that the message shows.',
  },
  'policy-hopeless': {
    severity: 'warning',
    meaning: 'An expression in a XACML policy fails whatever the request says, so what depends on it is Indeterminate.',
    cure: 'Correct the arguments; the message says why they fail.',
  },
  'policy-prefix': {
    severity: 'warning',
    meaning:
      'A path in a XACML policy has a prefix that the policy does not declare. It takes the meaning that the content of each request gives it.',
    cure: 'Declare the prefix in the policy: what a request declares is up to its sender.',
  },
  'policy-repeated': {
    severity: 'warning',
    meaning: 'Two rules of a policy have the same identifier, so an explanation cannot tell them apart.',
    cure: 'Give each rule an identifier of its own.',
  },
  'flow-unreachable': {
    severity: 'warning',
    meaning: 'Mediators after one that always ends the sequence never run.',
    cure: 'Remove them, or move them before it.',
  },
} as const satisfies Record<string, { severity: Severity; meaning: string; cure: string }>

export type DiagnosticCode = keyof typeof DIAGNOSTICS

/** `path:line:column severity code: message`, the first line of each report of `viaduct check`. */
export function formatDiagnostic({ code, severity, message, at }: Diagnostic): string {
  return `${at.file}:${at.line}:${at.column} ${severity} ${code}: ${message}`
}

/** Collects diagnostics; `strict` turns warnings into errors. */
export class Diagnostics {
  readonly found: Diagnostic[] = []
  readonly strict: boolean

  constructor(strict = false) {
    this.strict = strict
  }

  readonly report: Report = (code, at, message) => {
    const severity = this.strict ? 'error' : DIAGNOSTICS[code].severity
    this.found.push({ code, severity, message, at })
  }

  get failed(): boolean {
    return this.found.some(({ severity }) => severity === 'error')
  }
}

/** The known name closest to `name`, or undefined when none is close enough to be a typo. */
export function closest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `; did you mean "x"?` when a known name is close, else ''. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const guess = closest(name, known)
  return guess === undefined ? '' : `; did you mean "${guess}"?`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution))
    }
    row = next
  }
  return row[b.length] ?? 0
}
