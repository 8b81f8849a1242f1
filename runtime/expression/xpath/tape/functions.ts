import { ATTRIBUTE, ELEMENT } from '../../../xml/tree.ts'
import type { Tape, TapeNode } from '../../../xml/tape.ts'
import {
  normalizeSpace,
  stringLength,
  substring,
  substringAfter,
  substringBefore,
  translate,
} from '../string-functions.ts'
import { parseNumber } from '../value.ts'
import {
  allOnTape,
  booleanOnTape,
  NotOnTape,
  numberOnTape,
  type OnTape,
  stringOnTape,
  type TapeEvaluate,
  type TapeNodes,
} from './expression.ts'
import { NodeCounter } from './sink.ts'

type Arguments<E> = readonly OnTape<E>[]
type Build = <E>(args: Arguments<E>, positional: boolean) => OnTape<E>

/** Compiles a call of a core function; the number of arguments has been checked. Throws NotOnTape for the rarer ones. */
export function callOnTape<E>(name: string, args: Arguments<E>): OnTape<E> {
  const build = CORE.get(name)
  if (build === undefined) throw new NotOnTape()
  return build(
    args,
    args.some((arg) => arg.positional),
  )
}

const nth = <E>(args: Arguments<E>, i: number): OnTape<E> => args[i] as OnTape<E>

/** The string of the argument, or of the context node. */
const textOf = <E>([arg]: Arguments<E>): TapeEvaluate<E, string> =>
  arg?.string ?? (({ tape }, node) => tape.value(node))

const ofText =
  (compute: (text: string) => string): Build =>
  <E>(args: Arguments<E>, positional: boolean) => {
    const text = textOf(args)
    return stringOnTape<E>((frame, node, position) => compute(text(frame, node, position)), positional)
  }

const numberOfText =
  (compute: (text: string) => number): Build =>
  <E>(args: Arguments<E>, positional: boolean) => {
    const text = textOf(args)
    return numberOnTape<E>((frame, node, position) => compute(text(frame, node, position)), positional)
  }

const testOfTexts =
  (compute: (a: string, b: string) => boolean): Build =>
  <E>(args: Arguments<E>, positional: boolean) => {
    const { string: a } = nth(args, 0)
    const { string: b } = nth(args, 1)
    return booleanOnTape<E>(
      (frame, node, position) => compute(a(frame, node, position), b(frame, node, position)),
      positional,
    )
  }

const ofTexts =
  (compute: (...texts: string[]) => string): Build =>
  <E>(args: Arguments<E>, positional: boolean) =>
    stringOnTape<E>(
      (frame, node, position) => compute(...args.map(({ string }) => string(frame, node, position))),
      positional,
    )

const ofNumber =
  (compute: (value: number) => number): Build =>
  <E>(args: Arguments<E>, positional: boolean) => {
    const { number } = nth(args, 0)
    return numberOnTape<E>((frame, node, position) => compute(number(frame, node, position)), positional)
  }

/** Of the first node of the argument, or of the context node. */
const ofNode =
  (compute: (tape: Tape, node: TapeNode) => string): Build =>
  <E>([arg]: Arguments<E>, positional: boolean) => {
    if (arg === undefined) return stringOnTape<E>(({ tape }, node) => compute(tape, node), positional)
    const nodes = nodesOf(arg)
    return stringOnTape<E>((frame, node, position) => {
      const [first] = allOnTape(nodes, frame, node, position)
      return first === undefined ? '' : compute(frame.tape, first)
    }, positional)
  }

function nodesOf<E>({ nodes }: OnTape<E>): TapeNodes<E> {
  if (nodes === undefined) throw new NotOnTape()
  return nodes
}

/** Instructions have names too, but the tape does not keep them. */
const named = (tape: Tape, node: TapeNode): boolean => {
  if (node < 0) return false
  const kind = tape.kind(node)
  return kind === ELEMENT || kind === ATTRIBUTE
}

const localName = (tape: Tape, node: TapeNode): string => (named(tape, node) ? tape.names.local(tape.name(node)) : '')

function qualifiedName(tape: Tape, node: TapeNode): string {
  const prefix = named(tape, node) ? tape.names.prefix(tape.name(node)) : ''
  return prefix === '' ? localName(tape, node) : `${prefix}:${localName(tape, node)}`
}

const namespaceUri = (tape: Tape, node: TapeNode): string =>
  named(tape, node) ? tape.names.namespace(tape.name(node)) : ''

function buildCount<E>(args: Arguments<E>, positional: boolean): OnTape<E> {
  const { scan } = nodesOf(nth(args, 0))
  return numberOnTape((frame, node, position) => {
    const sink = new NodeCounter()
    scan(frame, node, position, sink)
    return sink.count
  }, positional)
}

function buildSum<E>(args: Arguments<E>, positional: boolean): OnTape<E> {
  const nodes = nodesOf(nth(args, 0))
  return numberOnTape((frame, node, position) => {
    let sum = 0
    for (const found of allOnTape(nodes, frame, node, position)) sum += parseNumber(frame.tape.value(found))
    return sum
  }, positional)
}

function buildSubstring<E>(args: Arguments<E>, positional: boolean): OnTape<E> {
  const { string } = nth(args, 0)
  const { number: start } = nth(args, 1)
  const length = args[2]?.number
  return stringOnTape(
    (frame, node, position) =>
      substring(string(frame, node, position), start(frame, node, position), length?.(frame, node, position)),
    positional,
  )
}

function buildNot<E>(args: Arguments<E>, positional: boolean): OnTape<E> {
  const { boolean } = nth(args, 0)
  return booleanOnTape((frame, node, position) => !boolean(frame, node, position), positional)
}

const CORE: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['position', <E>() => numberOnTape<E>((_frame, _node, position) => position, true)],
  ['count', buildCount],
  ['sum', buildSum],
  ['string', <E>(args: Arguments<E>, positional: boolean) => stringOnTape(textOf(args), positional)],
  ['boolean', <E>(args: Arguments<E>, positional: boolean) => booleanOnTape(nth(args, 0).boolean, positional)],
  [
    'number',
    <E>(args: Arguments<E>, positional: boolean) =>
      numberOnTape(args[0]?.number ?? numberOfText(parseNumber)(args, false).number, positional),
  ],
  ['not', buildNot],
  ['true', <E>() => booleanOnTape<E>(() => true, false)],
  ['false', <E>() => booleanOnTape<E>(() => false, false)],
  ['concat', ofTexts((...texts) => texts.join(''))],
  ['contains', testOfTexts((a, b) => a.includes(b))],
  ['starts-with', testOfTexts((a, b) => a.startsWith(b))],
  ['substring-before', ofTexts((text = '', mark = '') => substringBefore(text, mark))],
  ['substring-after', ofTexts((text = '', mark = '') => substringAfter(text, mark))],
  ['substring', buildSubstring],
  ['string-length', numberOfText(stringLength)],
  ['normalize-space', ofText(normalizeSpace)],
  ['translate', ofTexts((text = '', from = '', to = '') => translate(text, from, to))],
  ['floor', ofNumber(Math.floor)],
  ['ceiling', ofNumber(Math.ceil)],
  ['round', ofNumber(Math.round)],
  ['local-name', ofNode(localName)],
  ['name', ofNode(qualifiedName)],
  ['namespace-uri', ofNode(namespaceUri)],
])
