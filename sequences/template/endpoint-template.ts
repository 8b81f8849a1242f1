import { cloneElement, ELEMENT, type EndpointTemplate, Fault, TEXT, type XmlElement, XmlText } from 'viaduct'

/** Parameters that every endpoint template has without declaring them. */
const IMPLICIT = ['name', 'uri']

/**
 * An endpoint with parameters. A value that is `$` and the name of a parameter is replaced as a whole, anywhere in the
 * element; other text stays as it is (language reference 3.10).
 */
export function createEndpointTemplate(
  name: string,
  parameters: readonly string[],
  element: XmlElement,
  path: string,
): EndpointTemplate {
  const known = new Set([...parameters, ...IMPLICIT])
  return {
    name,
    parameters,
    instantiate(values, linker) {
      const own = new Map([...values].filter(([parameter]) => known.has(parameter)))
      const instance = cloneElement(element)
      copyPlaces(element, instance)
      replace(instance, own, (property) => linker.services.system.get(property))
      const endpoint = linker.endpoint(instance, `${path}(${values.get('name') ?? ''})`)
      if (endpoint === undefined)
        throw new Fault(305100, `the endpoint template "${name}" gives no endpoint for these values`)
      return endpoint
    },
  }
}

/** Diagnostics of an instance point into the template. */
function copyPlaces(from: XmlElement, to: XmlElement): void {
  to.at = from.at
  for (const [i, attribute] of from.attributes.entries()) {
    const copy = to.attributes[i]
    if (copy === undefined) continue
    copy.at = attribute.at
    copy.valueAt = attribute.valueAt
  }
  for (const [i, child] of from.children.entries()) {
    const copy = to.children[i]
    if (child.type === ELEMENT && copy?.type === ELEMENT) copyPlaces(child, copy)
  }
}

function replace(
  element: XmlElement,
  values: ReadonlyMap<string, string>,
  system: (name: string) => string | undefined,
): void {
  const replaced = (text: string): string => {
    const value = text.startsWith('$') ? (values.get(text.slice(1)) ?? text) : text
    return value.includes('{system.prop.')
      ? value.replaceAll(/\{system\.prop\.([^{}]*)\}/g, (all, name: string) => system(name) ?? all)
      : value
  }
  for (const attribute of element.attributes) attribute.value = replaced(attribute.value)
  for (const [i, child] of element.children.entries()) {
    if (child.type === ELEMENT) replace(child, values, system)
    else if (child.type === TEXT && child.value.trim() !== '')
      element.children[i] = new XmlText(replaced(child.value.trim()), element)
  }
}
