import { type Site, spanOf, type XmlElement } from 'viaduct'

/** Transports that every bus has. */
const BUILT_IN = new Set(['http', 'https', 'local'])

/** Reports an address whose transport this bus does not have. Addresses computed for every message are left alone. */
export function checkScheme(uri: string, attribute: string, node: XmlElement, site: Site): void {
  const at = node.attributes.find(({ name }) => name === attribute)?.valueAt ?? spanOf(node)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    if (!/^[{$]/.test(uri))
      site.fail(
        'attribute-invalid',
        `${attribute}="${uri}" is no address; expected a URL such as http://host:port/path`,
        at,
      )
    return
  }
  if (BUILT_IN.has(scheme) || site.linker.services.senders.has(scheme)) return
  site.fail('element-unsupported', `${attribute}="${uri}": this version has no ${scheme} transport`, at)
}
