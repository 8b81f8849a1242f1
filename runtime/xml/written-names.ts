import { isNcName } from './names.ts'
import { shown, XmlError } from './xml-error.ts'

/** The tags of a qualified name: `open` needs what follows the name. */
export interface Tag {
  readonly prefix: string
  readonly open: string
  readonly start: string
  readonly end: string
}

/**
 * The names of one output as they are written, put together once for each. Throws {@link XmlError} for what cannot be a name, so
 * that no name from a message becomes markup. Prefixes must have been checked.
 */
export class WrittenNames {
  /** By local name, with the prefix used last. */
  readonly #tags = new Map<string, Tag>()
  readonly #attributes = new Map<string, { readonly prefix: string; readonly start: string }>()

  tag(prefix: string, name: string): Tag {
    const known = this.#tags.get(name)
    if (known !== undefined && known.prefix === prefix) return known
    const text = qualified(prefix, name)
    const tag = { prefix, open: `<${text}`, start: `<${text}>`, end: `</${text}>` }
    this.#tags.set(name, tag)
    return tag
  }

  /** An attribute up to its value. */
  attribute(prefix: string, name: string): string {
    const known = this.#attributes.get(name)
    if (known !== undefined && known.prefix === prefix) return known.start
    const start = ` ${qualified(prefix, name)}="`
    this.#attributes.set(name, { prefix, start })
    return start
  }
}

function qualified(prefix: string, name: string): string {
  if (!isNcName(name)) throw new XmlError(`"${shown(name)}" cannot be the name of an element or attribute`)
  return prefix === '' ? name : `${prefix}:${name}`
}
