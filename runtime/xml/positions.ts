import type { Span } from '../diagnostic.ts'
import { XmlParser } from './parse.ts'
import { XmlSource } from './source.ts'
import type { PositionRecorder } from './start-tag.ts'
import type { XmlAttribute, XmlDocument, XmlElement } from './tree.ts'

/**
 * Parses a configuration file: as parseXml, with `at` on every element and attribute and `valueAt` on every attribute. Columns
 * count UTF-16 units. `file` is what diagnostics show. Throws XmlError, whose line and column are those of the file.
 */
export function parseConfiguration(text: string, file: string): XmlDocument {
  const source = new XmlSource(text)
  return new XmlParser(source, undefined, new SpanRecorder(source.text, file)).parse()
}

class SpanRecorder implements PositionRecorder {
  readonly #file: string
  /** Where each line starts. */
  readonly #lines = [0]
  readonly #starts = new Map<XmlElement, number>()

  constructor(text: string, file: string) {
    this.#file = file
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines.push(at + 1)
  }

  opened(element: XmlElement, start: number): void {
    this.#starts.set(element, start)
  }

  closed(element: XmlElement, end: number): void {
    element.at = this.#span(this.#starts.get(element) ?? 0, end)
    this.#starts.delete(element)
  }

  attribute(attribute: XmlAttribute, start: number, valueStart: number, valueEnd: number): void {
    attribute.at = this.#span(start, valueEnd + 1)
    attribute.valueAt = this.#span(valueStart, valueEnd)
  }

  #span(start: number, end: number): Span {
    const line = this.#line(start)
    const endLine = this.#line(end)
    const column = start - (this.#lines[line - 1] ?? 0) + 1
    const endColumn = end - (this.#lines[endLine - 1] ?? 0) + 1
    return { file: this.#file, line, column, endLine, endColumn }
  }

  /** The number of the line that holds an offset. */
  #line(offset: number): number {
    let low = 0
    let high = this.#lines.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#lines[middle] ?? Infinity) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
