import { escapeAttribute, escapeText } from '../xml/index.ts'

/** A piece of generated XML. */
export interface Markup {
  print(depth: number): string
}

/** An element with attributes and children, printed one per line. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly Markup[] = [],
): Markup {
  const start = Object.entries(attributes).reduce(
    (text, [key, value]) => `${text} ${key}="${escapeAttribute(value)}"`,
    name,
  )
  return {
    print(depth) {
      const indent = '  '.repeat(depth)
      if (children.length === 0) return `${indent}<${start}/>`
      const inner = children.map((child) => child.print(depth + 1)).join('\n')
      return `${indent}<${start}>\n${inner}\n${indent}</${name}>`
    },
  }
}

/** `xs:annotation` with a text. */
export const documentation = (text: string): Markup => ({
  print: (depth) =>
    `${'  '.repeat(depth)}<xs:annotation><xs:documentation>${escapeText(text)}</xs:documentation></xs:annotation>`,
})
