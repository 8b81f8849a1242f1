import { attributeValue, type XmlElement } from 'viaduct'
import { expanded } from './names.ts'

/** How a result is written: `xsl:output` (XSLT 1.0, chapter 16), of all stylesheets together. */
export interface OutputSettings {
  /** Undefined: html when the root is `<html>` in no namespace, else xml. */
  readonly method: 'xml' | 'html' | 'text' | undefined
  readonly encoding: string | undefined
  readonly omitDeclaration: boolean
  readonly indent: boolean | undefined
  readonly standalone: boolean | undefined
  readonly doctypePublic: string | undefined
  readonly doctypeSystem: string | undefined
  readonly mediaType: string | undefined
  /** Expanded names. */
  readonly cdataElements: ReadonlySet<string>
}

/** Later ones win; `qname` reads a name where it stands. */
export function readOutputSettings(
  outputs: readonly XmlElement[],
  qname: (text: string, element: XmlElement, useDefault: boolean) => string,
): OutputSettings {
  const last = (name: string): string | undefined =>
    outputs.map((element) => attributeValue(element, name)).findLast((value) => value !== undefined)
  const flag = (name: string): boolean | undefined => {
    const value = last(name)
    return value === undefined ? undefined : value === 'yes'
  }
  const method = last('method')
  const cdata = outputs.flatMap((element) =>
    (attributeValue(element, 'cdata-section-elements') ?? '')
      .split(/\s+/)
      .filter((name) => name !== '')
      .map((name) => qname(name, element, true)),
  )
  return {
    method: method === 'xml' || method === 'html' || method === 'text' ? method : undefined,
    encoding: last('encoding'),
    omitDeclaration: flag('omit-xml-declaration') ?? false,
    indent: flag('indent'),
    standalone: flag('standalone'),
    doctypePublic: last('doctype-public'),
    doctypeSystem: last('doctype-system'),
    mediaType: last('media-type'),
    cdataElements: new Set(cdata),
  }
}

export const nameOf = ({ name, namespace }: XmlElement): string => expanded(namespace, name)
