import { ELEMENT, XML_NAMESPACE, type XmlParent } from '../../xml/tree.ts'
import {
  type Compiled,
  type Evaluate,
  LAST,
  nodesOf,
  ofBoolean,
  ofNodes,
  ofNumber,
  ofString,
  POSITION,
  selectedSource,
} from './compiled.ts'
import { XPathError } from './error.ts'
import { localName, namespaceUri, qualifiedName, type XPathNode } from './node.ts'
import {
  normalizeSpace,
  stringLength,
  substring,
  substringAfter,
  substringBefore,
  translate,
} from './string-functions.ts'
import { parseNumber } from './value.ts'

type Arguments<E> = readonly Compiled<E>[]
type Build = <E>(args: Arguments<E>, at: number) => Compiled<E>

/** Compiles a call of a core function (XPath 1.0 chapter 4); undefined when there is none of that name. */
export function compileCoreCall<E>(name: string, args: Arguments<E>, at: number): Compiled<E> | undefined {
  const core = CORE.get(name)
  if (core === undefined) return undefined
  const [least, most, build] = core
  if (args.length < least || args.length > most) {
    throw new XPathError(`${name}() takes ${counted(least, most)}, not ${args.length}`, at)
  }
  return build(args, at)
}

export const isCoreFunction = (name: string): boolean => CORE.has(name)

function counted(least: number, most: number): string {
  if (most === Number.POSITIVE_INFINITY) return `${least} arguments or more`
  const range = least === most ? String(least) : `${least} to ${most}`
  return `${range} argument${most === 1 ? '' : 's'}`
}

const usesOf = <E>(args: Arguments<E>): number => args.reduce((uses, arg) => uses | arg.uses, 0)

/** The i-th argument; the count has been checked. */
const nth = <E>(args: Arguments<E>, i: number): Compiled<E> => args[i] as Compiled<E>

/** The string-value of the argument, or of the context node. */
const textOf = <E>([arg]: Arguments<E>): Evaluate<E, string> =>
  arg?.string ?? ((node, _position, _size, evaluation) => evaluation.stringValue(node))

const stringOfText =
  (compute: (text: string) => string): Build =>
  <E>(args: Arguments<E>) => {
    const text = textOf(args)
    return ofString<E>(
      (node, position, size, evaluation) => compute(text(node, position, size, evaluation)),
      usesOf(args),
    )
  }

const numberOfText =
  (compute: (text: string) => number): Build =>
  <E>(args: Arguments<E>) => {
    const text = textOf(args)
    return ofNumber<E>(
      (node, position, size, evaluation) => compute(text(node, position, size, evaluation)),
      usesOf(args),
    )
  }

const stringOfTexts =
  (compute: (a: string, b: string) => string): Build =>
  <E>(args: Arguments<E>) => {
    const { string: a } = nth(args, 0)
    const { string: b } = nth(args, 1)
    return ofString<E>(
      (node, position, size, evaluation) =>
        compute(a(node, position, size, evaluation), b(node, position, size, evaluation)),
      usesOf(args),
    )
  }

const testOfTexts =
  (compute: (a: string, b: string) => boolean): Build =>
  <E>(args: Arguments<E>) => {
    const { string: a } = nth(args, 0)
    const { string: b } = nth(args, 1)
    return ofBoolean<E>(
      (node, position, size, evaluation) =>
        compute(a(node, position, size, evaluation), b(node, position, size, evaluation)),
      usesOf(args),
    )
  }

const numberOfNumber =
  (compute: (value: number) => number): Build =>
  <E>(args: Arguments<E>) => {
    const { number } = nth(args, 0)
    return ofNumber<E>(
      (node, position, size, evaluation) => compute(number(node, position, size, evaluation)),
      usesOf(args),
    )
  }

/** Of the first node of the argument, or of the context node. */
const stringOfNode =
  (compute: (node: XPathNode) => string): Build =>
  <E>(args: Arguments<E>, at: number) => {
    const [arg] = args
    if (arg === undefined) return ofString<E>((node) => compute(node))
    const first = nodesOf(arg, at).nth(1)
    return ofString<E>((node, position, size, evaluation) => {
      const found = first(node, position, size, evaluation)
      return found === undefined ? '' : compute(found)
    }, arg.uses)
  }

const constant =
  (value: boolean): Build =>
  <E>() =>
    ofBoolean<E>(() => value)

function buildCount<E>(args: Arguments<E>, at: number): Compiled<E> {
  return ofNumber(nodesOf(nth(args, 0), at).count, usesOf(args))
}

function buildSum<E>(args: Arguments<E>, at: number): Compiled<E> {
  const { select } = nodesOf(nth(args, 0), at)
  return ofNumber((node, position, size, evaluation) => {
    let sum = 0
    for (const found of select(node, position, size, evaluation)) sum += parseNumber(evaluation.stringValue(found))
    return sum
  }, usesOf(args))
}

/** There are no DTDs, so that no attribute is of type ID. */
function buildId<E>(args: Arguments<E>): Compiled<E> {
  const { value } = nth(args, 0)
  const select: Evaluate<E, XPathNode[]> = (node, position, size, evaluation) => {
    value(node, position, size, evaluation)
    return []
  }
  return ofNodes(selectedSource(select), usesOf(args))
}

function buildConcat<E>(args: Arguments<E>): Compiled<E> {
  const parts = args.map(({ string }) => string)
  return ofString((node, position, size, evaluation) => {
    let text = ''
    for (const part of parts) text += part(node, position, size, evaluation)
    return text
  }, usesOf(args))
}

function buildSubstring<E>(args: Arguments<E>): Compiled<E> {
  const { string } = nth(args, 0)
  const { number: start } = nth(args, 1)
  const length = args[2]?.number
  return ofString(
    (node, position, size, evaluation) =>
      substring(
        string(node, position, size, evaluation),
        start(node, position, size, evaluation),
        length?.(node, position, size, evaluation),
      ),
    usesOf(args),
  )
}

function buildTranslate<E>(args: Arguments<E>): Compiled<E> {
  const { string: text } = nth(args, 0)
  const { string: from } = nth(args, 1)
  const { string: to } = nth(args, 2)
  return ofString((...context) => translate(text(...context), from(...context), to(...context)), usesOf(args))
}

function buildNot<E>(args: Arguments<E>): Compiled<E> {
  const { boolean } = nth(args, 0)
  return ofBoolean((node, position, size, evaluation) => !boolean(node, position, size, evaluation), usesOf(args))
}

function buildLang<E>(args: Arguments<E>): Compiled<E> {
  const { string } = nth(args, 0)
  return ofBoolean(
    (node, position, size, evaluation) => speaks(node, string(node, position, size, evaluation)),
    usesOf(args),
  )
}

/** Whether the nearest `xml:lang` is the language or a variant of it, without regard to case. */
function speaks(node: XPathNode, language: string): boolean {
  let at: XPathNode | XmlParent | null = node
  for (; at !== null; at = at.parent) {
    if (at.type !== ELEMENT) continue
    const found = at.attributes.find(({ name, namespace }) => name === 'lang' && namespace === XML_NAMESPACE)
    if (found === undefined) continue
    return `${found.value.toLowerCase()}-`.startsWith(`${language.toLowerCase()}-`)
  }
  return false
}

const MANY = Number.POSITIVE_INFINITY

/** Name, least and greatest number of arguments, and how a call is compiled. */
const CORE: ReadonlyMap<string, readonly [least: number, most: number, build: Build]> = new Map<
  string,
  readonly [number, number, Build]
>([
  ['last', [0, 0, <E>() => ofNumber<E>((_node, _position, size) => size, LAST)]],
  ['position', [0, 0, <E>() => ofNumber<E>((_node, position) => position, POSITION)]],
  ['count', [1, 1, buildCount]],
  ['id', [1, 1, buildId]],
  ['local-name', [0, 1, stringOfNode(localName)]],
  ['namespace-uri', [0, 1, stringOfNode(namespaceUri)]],
  ['name', [0, 1, stringOfNode(qualifiedName)]],
  ['string', [0, 1, <E>(args: Arguments<E>) => ofString(textOf(args), usesOf(args))]],
  ['concat', [2, MANY, buildConcat]],
  ['starts-with', [2, 2, testOfTexts((a, b) => a.startsWith(b))]],
  ['contains', [2, 2, testOfTexts((a, b) => a.includes(b))]],
  ['substring-before', [2, 2, stringOfTexts(substringBefore)]],
  ['substring-after', [2, 2, stringOfTexts(substringAfter)]],
  ['substring', [2, 3, buildSubstring]],
  ['string-length', [0, 1, numberOfText(stringLength)]],
  ['normalize-space', [0, 1, stringOfText(normalizeSpace)]],
  ['translate', [3, 3, buildTranslate]],
  ['boolean', [1, 1, <E>(args: Arguments<E>) => ofBoolean(nth(args, 0).boolean, usesOf(args))]],
  ['not', [1, 1, buildNot]],
  ['true', [0, 0, constant(true)]],
  ['false', [0, 0, constant(false)]],
  ['lang', [1, 1, buildLang]],
  [
    'number',
    [
      0,
      1,
      <E>(args: Arguments<E>) => ofNumber(args[0]?.number ?? numberOfText(parseNumber)(args, 0).number, usesOf(args)),
    ],
  ],
  ['sum', [1, 1, buildSum]],
  ['floor', [1, 1, numberOfNumber(Math.floor)]],
  ['ceiling', [1, 1, numberOfNumber(Math.ceil)]],
  ['round', [1, 1, numberOfNumber(Math.round)]],
])
