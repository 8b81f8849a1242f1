import { attributeValue, ELEMENT, inScopeNamespaces, type XmlAttribute, type XmlElement } from 'viaduct'
import { compileAttributeTemplate } from '../attribute-template.ts'
import type { InstructionSite } from '../body-compiler.ts'
import { XSL } from '../names.ts'
import type { NamespaceList } from '../result-builder.ts'
import type { Instruction } from '../run.ts'
import { compileAttributeSets } from './attribute-sets.ts'

/** A literal result element with the namespaces that are in scope of it (section 7.1.1). */
export function compileLiteralElement(site: InstructionSite): Instruction {
  const { element, names, compiler } = site
  const { aliases } = compiler.surroundings
  const { name, namespace, prefix } = { name: element.name, ...aliased(element, aliases) }
  const declarations = declarationsOf(element, aliases, compiler.namespaces)
  const sets = compileAttributeSets(site, attributeValue(element, 'use-attribute-sets', XSL))
  const attributes = element.attributes
    .filter((each) => each.namespace !== XSL)
    .map((each) => ({
      name: each.name,
      ...aliased(each, aliases),
      value: compileAttributeTemplate(each.value, names),
    }))
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    const { out } = run
    out.start(name, namespace, prefix, declarations)
    sets?.(run, node, position, size)
    for (const { name: each, namespace: uri, prefix: of, value } of attributes)
      out.attribute(each, uri, of, value.literal ?? value.evaluate(run, node, position, size))
    body(run, node, position, size)
    run.out.end()
  }
}

type Aliases = InstructionSite['compiler']['surroundings']['aliases']

function aliased(
  { namespace, prefix }: XmlElement | XmlAttribute,
  aliases: Aliases,
): { namespace: string; prefix: string } {
  return aliases.get(namespace) ?? { namespace, prefix }
}

/** Without XSLT's own, extension and excluded namespaces. One list for all elements with the same ones above them. */
function declarationsOf(element: XmlElement, aliases: Aliases, lists: Map<XmlElement, NamespaceList>): NamespaceList {
  const parent = element.parent?.type === ELEMENT ? element.parent : undefined
  if (parent !== undefined && parent.namespace !== XSL && addsNothing(element)) {
    const known = lists.get(parent)
    if (known !== undefined) {
      lists.set(element, known)
      return known
    }
  }
  const excluded = excludedAt(element)
  const list: { prefix: string; namespace: string }[] = []
  for (const [prefix, namespace] of inScopeNamespaces(element)) {
    if (prefix === 'xml' || namespace === XSL || excluded.has(namespace)) continue
    const alias = aliases.get(namespace)
    list.push(alias === undefined ? { prefix, namespace } : { prefix: alias.prefix, namespace: alias.namespace })
  }
  lists.set(element, list)
  return list
}

const addsNothing = ({ declarations, attributes }: XmlElement): boolean =>
  declarations.length === 0 && attributes.every(({ namespace }) => namespace !== XSL)

function excludedAt(element: XmlElement): ReadonlySet<string> {
  const excluded = new Set<string>()
  for (
    let at: XmlElement | undefined = element;
    at !== undefined;
    at = at.parent?.type === ELEMENT ? at.parent : undefined
  ) {
    const uri = at.namespace === XSL ? '' : XSL
    const prefixes = ['exclude-result-prefixes', 'extension-element-prefixes'].flatMap((name) =>
      (attributeValue(at, name, uri) ?? '').split(/\s+/),
    )
    const scope = new Map(inScopeNamespaces(at))
    for (const prefix of prefixes) {
      const namespace = scope.get(prefix === '#default' ? '' : prefix)
      if (prefix !== '' && namespace !== undefined) excluded.add(namespace)
    }
  }
  return excluded
}
