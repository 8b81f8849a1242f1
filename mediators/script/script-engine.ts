import { createContext, type Context, Script } from 'node:vm'
import { ELEMENT, escapeAttribute, escapeText, parseXml, TEXT, type XmlElement, XmlText } from 'viaduct'
import { translateE4x } from './e4x.ts'
import type { MessageAccess } from './message-access.ts'
import { XmlValue } from './xml-value.ts'

/** How long a script may run for one message, milliseconds: it runs between two messages, and everything waits for it. */
const TIMEOUT = 5_000

/** A file or text with a script. */
export interface ScriptSource {
  readonly text: string
  /** Shown in messages. */
  readonly file: string
  /** Line of `file` where the text begins. */
  readonly line: number
}

/** A compiled script. */
export interface CompiledScript {
  /** The value of a function, or that of the last statement. Throws what the script throws. */
  run(mc: MessageAccess, args: readonly unknown[]): unknown
}

/** Throws SyntaxError when one of the sources is no JavaScript. With `name` that function runs, else the source itself. */
export function compileScript(sources: readonly ScriptSource[], name: string | undefined): CompiledScript {
  const context = createContext(surroundings())
  PRELUDE.runInContext(context)
  const scripts = sources.map(
    ({ text, file, line }) => new Script(translateE4x(text), { filename: file, lineOffset: line - 1 }),
  )
  if (name !== undefined) return new FunctionScript(context, scripts, name)
  return new TextScript(context, sources[0]?.text ?? '', sources[0]?.file ?? '')
}

/** Defines functions once; one of them runs for each message. */
class FunctionScript implements CompiledScript {
  readonly #context: Context
  readonly #call: Script

  constructor(context: Context, scripts: readonly Script[], name: string) {
    for (const script of scripts) script.runInContext(context, { timeout: TIMEOUT })
    if (typeof context[name] !== 'function') throw new SyntaxError(`the script has no function ${name}`)
    this.#context = context
    this.#call = new Script(`${name}.apply(null, $arguments)`)
  }

  run(mc: MessageAccess, args: readonly unknown[]): unknown {
    this.#context['$arguments'] = [mc, ...args]
    this.#context['mc'] = mc
    return this.#call.runInContext(this.#context, { timeout: TIMEOUT })
  }
}

/** Runs the whole text for each message, in a scope of its own; the value of its last statement counts. */
class TextScript implements CompiledScript {
  readonly #context: Context
  readonly #call: Script

  constructor(context: Context, text: string, file: string) {
    context['$source'] = translateE4x(text)
    this.#context = context
    this.#call = new Script('(function () { return eval($source) })()', { filename: file })
  }

  run(mc: MessageAccess): unknown {
    this.#context['mc'] = mc
    return this.#call.runInContext(this.#context, { timeout: TIMEOUT })
  }
}

/** What scripts were used to from Java: bytes of texts, and streams of bytes, which stand for the text here. */
const PRELUDE = new Script(`
  Object.defineProperty(String.prototype, 'getBytes', { value() { return String(this) } });
  Object.defineProperty(String.prototype, 'equals', { value(other) { return String(this) === String(other) } });
  var Java = { type(name) {
    if (/^java\\.io\\.(ByteArrayInputStream|StringReader)$/.test(name)) return class { constructor(text) { this.text = String(text) } toString() { return this.text } };
    throw new TypeError('there is no Java here: ' + name + '; scripts run as JavaScript');
  } };
  var print = function () {};
`)

const surroundings = (): Record<string, unknown> => ({
  $xml: (...parts: unknown[]) => XmlValue.of([tidy(parseXml(parts.join('')).root)]),
  $content: (value: unknown) => (value instanceof XmlValue ? contentText(value) : escapeText(String(value))),
  $value: (value: unknown) => escapeAttribute(String(value)),
  XML: (value: unknown) => (value instanceof XmlValue ? value : XmlValue.of([parseXml(String(value)).root])),
})

/** E4X drops the white space around texts (ECMA-357, 10.2.1). */
function tidy(element: XmlElement): XmlElement {
  element.children = element.children.flatMap((child) => {
    if (child.type === ELEMENT) return tidy(child)
    if (child.type !== TEXT) return child
    const text = child.value.trim()
    return text === '' ? [] : new XmlText(text, element)
  })
  return element
}

const contentText = (value: XmlValue): string =>
  value.nodes.every((node) => typeof node === 'string') ? escapeText(value.toString()) : value.toXMLString()
