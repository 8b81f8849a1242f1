import {
  type DynamicValue,
  Fault,
  kept,
  type Linker,
  type MessageContext,
  parseXml,
  type Resource,
  type Site,
  type XmlDocument,
} from 'viaduct'
import { compileStylesheet, type Stylesheet, StylesheetError } from 'viaduct/xslt'

/** A stylesheet by its key, and what it reads by theirs. */
export interface Stylesheets {
  /** Throws a Fault when a computed key leads nowhere or to a wrong stylesheet. */
  readonly of: (ctx: MessageContext) => Stylesheet
  readonly document: (href: string) => XmlDocument | undefined
}

/** Where names in stylesheets lead: what the configuration maps them to, else the registry. */
export type Resources = ReadonlyMap<string, string>

/** Compiles now what is known now: its mistakes are those of the configuration. Undefined when there are some. */
export function compileKey(key: DynamicValue, resources: Resources, site: Site): Stylesheets | undefined {
  const { linker } = site
  const find = (href: string): Resource | undefined => linker.resource(resources.get(href) ?? href)
  const document = (href: string): XmlDocument | undefined => {
    const resource = find(href)
    return resource && parseXml(resource.bytes.toString('utf8'))
  }
  if (key.literal === undefined) return { of: byKey(key, linker, find), document }
  const stylesheet = attempt(() => compile(key.text, linker, find), site)
  return stylesheet && { of: () => stylesheet, document }
}

function compile(key: string, linker: Linker, find: (href: string) => Resource | undefined): Stylesheet {
  const resource = linker.resource(key)
  if (resource === undefined) throw new StylesheetError(`there is no resource "${key}"`)
  const sourceOf = ({ bytes, file }: Resource) => ({ text: bytes.toString('utf8'), file })
  return compileStylesheet(sourceOf(resource), (href) => {
    const found = find(href)
    return found && sourceOf(found)
  })
}

function attempt(run: () => Stylesheet, { fail }: Site): Stylesheet | undefined {
  try {
    return run()
  } catch (thrown) {
    if (!(thrown instanceof StylesheetError)) throw thrown
    const { at, message } = thrown
    fail('stylesheet-invalid', message, at)
    return undefined
  }
}

function byKey(key: DynamicValue, linker: Linker, find: (href: string) => Resource | undefined): Stylesheets['of'] {
  const stylesheet = kept((name) => compile(name, linker, find))
  return (ctx) => {
    try {
      return stylesheet(key.string(ctx))
    } catch (thrown) {
      if (!(thrown instanceof StylesheetError)) throw thrown
      throw new Fault(0, `xslt: ${thrown.message}`, { cause: thrown })
    }
  }
}
