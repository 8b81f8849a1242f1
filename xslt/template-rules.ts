import { ELEMENT, ATTRIBUTE } from 'viaduct'
import { kindOf, type PatternAlternative } from './pattern.ts'
import type { Instruction, Node, Run } from './run.ts'

/** A template with the pattern it is chosen by (XSLT 1.0, section 5.3). */
export interface TemplateRule {
  readonly alternative: PatternAlternative
  readonly priority: number
  /** Of the import: higher wins. */
  readonly precedence: number
  /** The last one in the stylesheet wins among equals. */
  readonly order: number
  readonly body: Instruction
  readonly slots: () => number
}

/** The rules of one mode, found by kind and name of the node first. */
export class RuleIndex {
  readonly #byName = new Map<string, TemplateRule[]>()
  readonly #byKind = new Map<string, TemplateRule[]>()
  #all: TemplateRule[] = []

  add(rule: TemplateRule): void {
    this.#all.push(rule)
  }

  /** Sorts what was added, the best first. */
  seal(): void {
    this.#all = this.#all.toSorted(
      (a, b) => b.precedence - a.precedence || b.priority - a.priority || b.order - a.order,
    )
    for (const kind of ['element', 'attribute', 'text', 'root', 'other'] as const) {
      const covers = ({ alternative }: TemplateRule): boolean =>
        alternative.kind === undefined || alternative.kind === kind
      this.#byKind.set(
        kind,
        this.#all.filter((rule) => covers(rule) && rule.alternative.local === undefined),
      )
      const names = new Set(this.#all.filter(covers).flatMap(({ alternative: { local } }) => local ?? []))
      for (const name of names)
        this.#byName.set(
          `${kind} ${name}`,
          this.#all.filter((rule) => covers(rule) && (rule.alternative.local ?? name) === name),
        )
    }
  }

  /** The best rule for a node; with `below`, only rules of lower import precedence. */
  find(run: Run, node: Node, below = Number.POSITIVE_INFINITY): TemplateRule | undefined {
    const kind = kindOf(node)
    const named =
      node.type === ELEMENT || node.type === ATTRIBUTE ? this.#byName.get(`${kind} ${node.name}`) : undefined
    for (const rule of named ?? this.#byKind.get(kind) ?? [])
      if (rule.precedence < below && rule.alternative.matches(run, node)) return rule
    return undefined
  }
}
