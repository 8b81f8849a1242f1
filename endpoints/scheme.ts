import { type Site, spanOf, type XmlElement } from 'viaduct'

/** Transports that every bus has. */
const BUILT_IN = new Set(['http', 'https', 'local', 'mailto'])

/** Reports what is no address, or one whose transport this bus does not have. Addresses computed for every message are left alone. */
export function checkScheme(uri: string, attribute: string, node: XmlElement, site: Site): void {
  const at = node.attributes.find(({ name }) => name === attribute)?.valueAt ?? spanOf(node)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase()
  const computed = /[{$]/.test(uri)
  if (scheme === undefined ? !/^[{$]/.test(uri) : BUILT_IN.has(scheme) && !computed && !URL.canParse(uri)) {
    const reason = `${attribute}="${uri}" is no address; expected a URL such as http://host:port/path`
    site.fail('attribute-invalid', reason, at)
    return
  }
  if (scheme === undefined) return
  if (BUILT_IN.has(scheme) || site.linker.services.senders.has(scheme)) return
  site.fail('element-unsupported', `${attribute}="${uri}": this version has no ${scheme} transport`, at)
}
