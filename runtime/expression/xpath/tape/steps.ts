import { KIND_SHIFT, NAME_MASK, RECORD } from '../../../xml/tape-format.ts'
import type { Tape, TapeNode } from '../../../xml/tape.ts'
import { ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, TEXT } from '../../../xml/tree.ts'
import type { Expression, Step } from '../syntax.ts'
import {
  NotOnTape,
  type TapeCompilation,
  type TapeEvaluate,
  type TapeFrame,
  type TapeNameTest,
  type TapeNodes,
} from './expression.ts'
import type { TapeSink } from './sink.ts'

/** Gives what a node leads to to the next step, at last to the sink. */
type Stream<E> = (frame: TapeFrame<E>, node: TapeNode, sink: TapeSink) => boolean

/** Tells whether a node of the axis passes the node test; `table` is that of a name test. */
type Passes = (tape: Tape, record: number, node: TapeNode, table: Uint8Array | undefined) => boolean

/** What is known about the nodes before a step: see the steps over a tree. */
type Spread = 'flat' | 'nested' | 'mixed'

type StepAxis = 'child' | 'descendant' | 'descendant-or-self' | 'attribute' | 'self'

interface ReadyStep<E> {
  readonly axis: StepAxis
  readonly name: TapeNameTest | undefined
  readonly passes: Passes
  /** The same for the context node itself. */
  readonly passesSelf: Passes
  readonly predicates: readonly Predicate<E>[]
  /** The next step looks at everything inside, so that nodes inside a node already given add nothing. */
  outermost: boolean
}

interface Predicate<E> {
  readonly keep: TapeEvaluate<E, boolean>
  readonly positional: boolean
}

/** Compiles the steps of a path taken from one node. Throws NotOnTape for steps that need more than one way to go on. */
export function compileSteps<E>(steps: readonly Step[], compilation: TapeCompilation<E>): Omit<TapeNodes<E>, 'single'> {
  const ready: ReadyStep<E>[] = []
  let spread: Spread = 'flat'
  let disorders = false
  for (const step of joined(steps)) {
    const next = readyStep(step, compilation)
    const previous = ready.at(-1)
    if (isDescending(next.axis)) {
      if (spread === 'mixed' || (spread === 'nested' && (previous === undefined || !isDescending(previous.axis)))) {
        throw new NotOnTape()
      }
      if (spread === 'nested' && previous !== undefined) previous.outermost = true
      spread = 'nested'
    } else if (next.axis === 'child') spread = spread === 'flat' ? 'flat' : 'mixed'
    else if (next.axis === 'attribute' && spread === 'nested') spread = 'flat'
    disorders ||= spread === 'mixed'
    ready.push(next)
  }
  const end: Stream<E> = (_frame, node, sink) => sink.accept(node)
  const stream = ready.reduceRight((after, step) => streamOf(step, after), end)
  return { scan: (frame, node, _position, sink) => stream(frame, node, sink), disorders }
}

/** Joins `descendant-or-self::node()` with the child step after it, unless that one counts. */
function joined(steps: readonly Step[]): Step[] {
  const result: Step[] = []
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step
    const next = steps[i + 1]
    const anywhere = step.axis === 'descendant-or-self' && step.test.kind === 'node' && step.predicates.length === 0
    if (anywhere && next?.axis === 'child') {
      result.push({ ...next, axis: 'descendant' })
      i++
    } else result.push(step)
  }
  return result
}

const isDescending = (axis: StepAxis): boolean => axis === 'descendant' || axis === 'descendant-or-self'

const AXES: ReadonlySet<string> = new Set<StepAxis>(['child', 'descendant', 'descendant-or-self', 'attribute', 'self'])

function readyStep<E>({ axis, test, predicates }: Step, compilation: TapeCompilation<E>): ReadyStep<E> {
  if (!AXES.has(axis)) throw new NotOnTape()
  const compiled = predicates.map((expression) => compilePredicate(expression, compilation))
  // Only children are counted here, and only by one predicate.
  const counting = compiled.filter(({ positional }) => positional).length
  if (counting > 1 || (counting === 1 && axis !== 'child')) throw new NotOnTape()
  const name = test.kind === 'name' ? compilation.nameTest(test) : undefined
  return {
    axis: axis as StepAxis,
    name,
    passes: passesOf(test, axis),
    passesSelf: passesOf(test, 'self'),
    predicates: compiled,
    outermost: false,
  }
}

function compilePredicate<E>(expression: Expression, compilation: TapeCompilation<E>): Predicate<E> {
  const { type, number, boolean, positional } = compilation.compile(expression)
  if (type === 'number') {
    return { keep: (frame, node, position) => number(frame, node, position) === position, positional: true }
  }
  // A number would count, anything else not, and that is known too late.
  if (type === 'host') throw new NotOnTape()
  return { keep: boolean, positional }
}

function passesOf(test: Step['test'], axis: string): Passes {
  const attribute = axis === 'attribute'
  switch (test.kind) {
    case 'name': {
      const kind = attribute ? ATTRIBUTE : ELEMENT
      return (_tape, record, _node, table) => record >> KIND_SHIFT === kind && table?.[record & NAME_MASK] === 1
    }
    case 'text':
      return (tape, record, node) => record >> KIND_SHIFT === TEXT && tape.startsText(node)
    case 'comment':
      return (_tape, record) => record >> KIND_SHIFT === COMMENT
    case 'instruction':
      if (test.target !== undefined) throw new NotOnTape()
      return (_tape, record) => record >> KIND_SHIFT === INSTRUCTION
    case 'node':
      // The node itself is a node whatever it is, an attribute or the document too.
      if (axis === 'self') return () => true
      if (attribute) return (_tape, record) => record >> KIND_SHIFT === ATTRIBUTE
      return (tape, record, node) => {
        const kind = record >> KIND_SHIFT
        return kind !== ATTRIBUTE && (kind !== TEXT || tape.startsText(node))
      }
  }
}

function streamOf<E>(step: ReadyStep<E>, next: Stream<E>): Stream<E> {
  switch (step.axis) {
    case 'child':
      return childStream(step, next)
    case 'attribute':
      return attributeStream(step, next)
    case 'self':
      return selfStream(step, next)
    case 'descendant':
    case 'descendant-or-self':
      return descendantStream(step, next)
  }
}

/** All predicates of a step that do not count, as one. */
function filterOf<E>(predicates: readonly Predicate<E>[]): (frame: TapeFrame<E>, node: TapeNode) => boolean {
  const [first, ...rest] = predicates
  if (first === undefined) return () => true
  const { keep } = first
  if (rest.length === 0) return (frame, node) => keep(frame, node, 1)
  const others = filterOf(rest)
  return (frame, node) => keep(frame, node, 1) && others(frame, node)
}

function childStream<E>({ name, passes, predicates }: ReadyStep<E>, next: Stream<E>): Stream<E> {
  const at = predicates.findIndex(({ positional }) => positional)
  const before = filterOf(at < 0 ? predicates : predicates.slice(0, at))
  const counting = predicates[at]?.keep
  const after = filterOf(at < 0 ? [] : predicates.slice(at + 1))
  return (frame, parent, sink) => {
    const { tape } = frame
    const { records } = tape
    const table = name && frame.table(name)
    const end = tape.after(parent)
    let position = 0
    for (let node = tape.firstInside(parent); node < end; node = tape.after(node)) {
      if (!passes(tape, records[node] as number, node, table) || !before(frame, node)) continue
      if (counting !== undefined && !(counting(frame, node, ++position) && after(frame, node))) continue
      if (next(frame, node, sink)) return true
    }
    return false
  }
}

function attributeStream<E>({ name, passes, predicates }: ReadyStep<E>, next: Stream<E>): Stream<E> {
  const keep = filterOf(predicates)
  return (frame, parent, sink) => {
    const { tape } = frame
    const { records } = tape
    if (parent < 0 || tape.kind(parent) !== ELEMENT) return false
    const table = name && frame.table(name)
    const end = tape.after(parent)
    for (let node = parent + RECORD; node < end; node += RECORD) {
      const record = records[node] as number
      if (record >> KIND_SHIFT !== ATTRIBUTE) return false
      if (passes(tape, record, node, table) && keep(frame, node) && next(frame, node, sink)) return true
    }
    return false
  }
}

function selfStream<E>({ name, passesSelf, predicates }: ReadyStep<E>, next: Stream<E>): Stream<E> {
  const keep = filterOf(predicates)
  return (frame, node, sink) => {
    const { tape } = frame
    return (
      passesSelf(tape, recordOf(tape, node), node, name && frame.table(name)) &&
      keep(frame, node) &&
      next(frame, node, sink)
    )
  }
}

/** The document has no record. */
const recordOf = ({ records }: Tape, node: TapeNode): number => (node < 0 ? 0 : (records[node] as number))

/** What is inside a node stands behind it without a gap. */
function descendantStream<E>(
  { axis, name, passes, passesSelf, predicates, outermost }: ReadyStep<E>,
  next: Stream<E>,
): Stream<E> {
  const keep = filterOf(predicates)
  const inside: Stream<E> = (frame, top, sink) => {
    const { tape } = frame
    const { records } = tape
    const table = name && frame.table(name)
    const end = tape.after(top)
    for (let node = tape.firstInside(top); node < end; node += RECORD) {
      if (!passes(tape, records[node] as number, node, table) || !keep(frame, node)) continue
      if (next(frame, node, sink)) return true
      if (outermost) node = tape.after(node) - RECORD
    }
    return false
  }
  if (axis === 'descendant') return inside
  return (frame, node, sink) => {
    const { tape } = frame
    const self = passesSelf(tape, recordOf(tape, node), node, name && frame.table(name)) && keep(frame, node)
    if (self && next(frame, node, sink)) return true
    return !(self && outermost) && inside(frame, node, sink)
  }
}
