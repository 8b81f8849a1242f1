/** Decodes as forms do: `+` is a blank. A text that is not well encoded stays as it is. */
export function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Encodes path, query and fragment of a decoded URL; undefined when it is none. */
export function encodedUrl(url: string): string | undefined {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/[^/?#\s]+)([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(url)
  if (parts === null) return undefined
  const [, origin = '', path = '', query = '', fragment = ''] = parts
  return origin + encodeURI(path.toWellFormed()) + encodeURI(query.toWellFormed()) + encodeURI(fragment.toWellFormed())
}
