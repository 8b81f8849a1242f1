import { collapsed, type DataType, LexicalError } from './data-type.ts'

/** A mail address: the local part counts with its case, the domain without (XACML 3.0 section A.2). */
export interface Rfc822Name {
  readonly text: string
  readonly local: string
  /** In lower case. */
  readonly domain: string
}

export const rfc822Name: DataType<Rfc822Name> = {
  id: 'urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name',
  name: 'rfc822Name',
  parse(written) {
    const text = collapsed(written)
    const at = text.lastIndexOf('@')
    const domain = text.slice(at + 1)
    const local = text.slice(0, Math.max(at, 0))
    if (at < 1 || domain === '' || /\s/.test(domain) || (local.includes('@') && !local.startsWith('"')))
      throw new LexicalError(written, 'rfc822Name')
    return { text, local, domain: domain.toLowerCase() }
  },
  print: ({ text }) => text,
  key: ({ local, domain }) => `${local}@${domain}`,
}
