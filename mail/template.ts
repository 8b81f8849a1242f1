import { escapeHtml, type MailContent, type MailTemplate } from 'viaduct'

/** A tag of a part that is alone on its line takes the line with it. */
const TAG =
  /(?<=^|\n)([ \t]*)\{\{([#/^])[ \t]*([\w.-]{1,100})[ \t]*\}\}[ \t]*(?:\r?\n|$)|\{\{([#/^])?[ \t]*([\w.-]{1,100})[ \t]*\}\}/g

/** Why a template cannot be used, and at which character. */
export class TemplateError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** A text with a value (`name`), or a part that is there only when a value is (`#`) or is not (`^`). */
type Part =
  string | { readonly name: string } | { readonly name: string; readonly when: boolean; readonly parts: Part[] }

/** `{{name}}` is a value, `{{#name}}…{{/name}}` is there when it is not empty, `{{^name}}…{{/name}}` when it is. */
export function parseTemplate(text: string): Part[] {
  const root: Part[] = []
  const open: { readonly name: string; readonly parts: Part[]; readonly at: number }[] = []
  let parts = root
  let end = 0
  for (const match of text.matchAll(TAG)) {
    const { index, 0: tag } = match
    const [kind, name = ''] = [match[2] ?? match[4], match[3] ?? match[5]]
    const at = index + (match[1]?.length ?? 0)
    parts.push(text.slice(end, index))
    end = index + tag.length
    if (kind === undefined) parts.push({ name })
    else if (kind === '/') {
      const closed = open.pop()
      if (closed?.name !== name) throw new TemplateError(`${tag.trim()} closes nothing that is open`, at)
      parts = open.at(-1)?.parts ?? root
    } else {
      const inner: Part[] = []
      parts.push({ name, when: kind === '#', parts: inner })
      open.push({ name, parts: inner, at })
      parts = inner
    }
  }
  parts.push(text.slice(end))
  const [unclosed] = open
  if (unclosed !== undefined) throw new TemplateError(`{{#${unclosed.name}}} is not closed`, unclosed.at)
  return root
}

/** The text with its values, each as `print` makes it. A value that is not given is empty. */
export function fillTemplate(
  parts: readonly Part[],
  values: ReadonlyMap<string, string>,
  print: (value: string) => string = (value) => value,
): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part
      const value = values.get(part.name) ?? ''
      if (!('parts' in part)) return print(value)
      return (value !== '') === part.when ? fillTemplate(part.parts, values, print) : ''
    })
    .join('')
}

/** Subject and body of a letter. A value in the subject loses its line breaks; in HTML it is escaped. */
export function composeLetter({ text, html }: MailTemplate, values: ReadonlyMap<string, string>): MailContent {
  const [, subject = '', body = ''] = /^Subject:[ \t]*([^\r\n]*)\r?\n(?:\r?\n)?([\s\S]*)$/i.exec(text) ?? []
  const content = {
    subject: fillTemplate(parseTemplate(subject), values, oneLine),
    text: fillTemplate(parseTemplate(body), values),
  }
  return html === undefined ? content : { ...content, html: fillTemplate(parseTemplate(html), values, escapeHtml) }
}

// eslint-disable-next-line no-control-regex
const oneLine = (value: string): string =>
  value.replaceAll(/[\u0000-\u001F\u007F\u0085\u2028\u2029]+/g, ' ').slice(0, 200)
