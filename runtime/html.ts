/** Markup that may stand in a page as it is. Only {@link html} makes it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What a page can be made of: texts are escaped, markup is kept, `undefined` and `false` are nothing. */
export type HtmlPart = string | number | false | undefined | Html | readonly HtmlPart[]

/** Tagged template for HTML: every value is escaped, for content and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] ?? ''
  for (const [i, part] of parts.entries()) text += printed(part) + (strings[i + 1] ?? '')
  return new Html(text)
}

function printed(part: HtmlPart): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(printed).join('')
  return escapeHtml(String(part))
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

/** The text as content or attribute value. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (each) => ESCAPES.get(each) ?? each)
