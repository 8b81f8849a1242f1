export const XSL = 'http://www.w3.org/1999/XSL/Transform'

/** EXSLT modules (exslt.org) by namespace. */
export const EXSLT_COMMON = 'http://exslt.org/common'
export const EXSLT_STRINGS = 'http://exslt.org/strings'
export const EXSLT_DATES = 'http://exslt.org/dates-and-times'
export const EXSLT_SETS = 'http://exslt.org/sets'
export const EXSLT_MATH = 'http://exslt.org/math'

/** A name with its namespace as one text; without a namespace just the name. */
export const expanded = (namespace: string, local: string): string =>
  namespace === '' ? local : `{${namespace}}${local}`
