import { didYouMean, type Report, type Span } from 'viaduct'
import { type DataType, dataType, dataTypeIds, LexicalError } from '../data-types/index.ts'
import type { AttributeKey } from '../evaluation/context.ts'
import type { Literal, Named } from './model.ts'
import type { Weaver } from './weaver.ts'

/** What compiling policies shares: reports, the attributes that were met, and the seam of explanations. */
export class Compilation {
  readonly report: Report
  readonly weave: Weaver
  readonly #keys = new Map<string, AttributeKey>()

  constructor(report: Report, weave: Weaver) {
    this.report = report
    this.weave = weave
  }

  /** Undefined after a report when there is no such data type. */
  dataType({ id, at }: Named): DataType | undefined {
    const type = dataType(id)
    if (type === undefined && id !== '')
      this.report('policy-type', at, `there is no data type "${id}"${didYouMean(id, dataTypeIds())}`)
    return type
  }

  /** The value of a literal; undefined after a report when its text is wrong. */
  literal({ value, typeAt, at }: Literal): { readonly type: DataType; readonly value: unknown } | undefined {
    const type = this.dataType({ id: value.type, at: typeAt })
    if (type === undefined) return undefined
    try {
      return { type, value: type.parse(value.text, value) }
    } catch (error) {
      if (!(error instanceof LexicalError)) throw error
      this.report('policy-type', at, error.message)
      return undefined
    }
  }

  /** The same object for the same attribute, however often policies ask for it. */
  key(category: string, id: string, type: DataType, issuer: string | undefined): AttributeKey {
    const name = `${category}\n${id}\n${type.id}\n${issuer ?? '\n'}`
    let key = this.#keys.get(name)
    if (key === undefined) {
      key = { category, id, type, issuer }
      this.#keys.set(name, key)
    }
    return key
  }
}

/** `string-equal` of `urn:oasis:names:tc:xacml:1.0:function:string-equal`. */
export const shortName = (id: string): string => id.slice(id.lastIndexOf(':') + 1)

export const printPlace = ({ file, line, column }: Span): string => `${file}:${line}:${column}`
