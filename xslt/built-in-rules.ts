import { ATTRIBUTE, DOCUMENT, ELEMENT, TEXT } from 'viaduct'
import type { Node, Run, Value } from './run.ts'
import type { RuleIndex } from './template-rules.ts'

/** Applies template rules; where there is none, the built-in ones (XSLT 1.0, section 5.8). */
export class BuiltInRules {
  apply(
    run: Run,
    rules: RuleIndex,
    mode: string,
    nodes: readonly Node[],
    passed: ReadonlyMap<string, Value> | undefined,
  ): void {
    const size = nodes.length
    for (let index = 0; index < size; index++) {
      const node = nodes[index]
      if (node !== undefined) this.applyOne(run, rules, mode, node, index + 1, size, passed)
    }
  }

  applyOne(
    run: Run,
    rules: RuleIndex,
    mode: string,
    node: Node,
    position: number,
    size: number,
    passed: ReadonlyMap<string, Value> | undefined,
    below?: number,
  ): void {
    const rule = rules.find(run, node, below)
    if (rule === undefined) {
      this.#builtIn(run, rules, mode, node, passed)
      return
    }
    const outer = run.rule
    run.rule = { mode, precedence: rule.precedence }
    run.enter(rule.body, rule.slots(), node, position, size, passed)
    run.rule = outer
  }

  /** Values go through, as XSLT 2.0 and other processors have it. */
  #builtIn(run: Run, rules: RuleIndex, mode: string, node: Node, passed: ReadonlyMap<string, Value> | undefined): void {
    if (node.type === ELEMENT || node.type === DOCUMENT) {
      run.step()
      this.apply(run, rules, mode, node.children, passed)
    } else if (node.type === TEXT || node.type === ATTRIBUTE) run.out.text(node.value)
  }
}
