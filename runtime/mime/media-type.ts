/** A media type taken apart (RFC 9110 section 8.3.1). Type and parameter names are in lower case, values as they came. */
export interface MediaType {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const TYPE = new RegExp(`[ \\t]*(${TOKEN}/${TOKEN})[ \\t]*`, 'y')
/** Values that RFC 9110 wants quoted are common without quotes, such as `type=text/xml` and `start=<a@b>`. */
const PARAMETER = new RegExp(
  `;[ \\t]*(?:(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\\\x00-\\x08\\x0A-\\x1F\\x7F]|\\\\[\\t -~])*)"|([!#-:<-~]+))[ \\t]*)?`,
  'y',
)
const IS_TOKEN = new RegExp(`^${TOKEN}$`)

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()

/** Takes a Content-Type apart; undefined when it is malformed or gives one parameter two values. */
export function parseMediaType(value: string): MediaType | undefined {
  TYPE.lastIndex = 0
  const type = TYPE.exec(value)?.[1]?.toLowerCase()
  if (type === undefined) return undefined
  if (TYPE.lastIndex === value.length) return { type, parameters: NO_PARAMETERS }
  const parameters = new Map<string, string>()
  for (let at = TYPE.lastIndex; at < value.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at
    const found = PARAMETER.exec(value)
    if (found === null) return undefined
    const [, name, quoted, bare] = found
    if (name === undefined) continue
    const text = bare ?? (quoted?.includes('\\') === true ? quoted.replace(/\\(.)/g, '$1') : quoted) ?? ''
    const key = name.toLowerCase()
    if ((parameters.get(key) ?? text) !== text) return undefined
    parameters.set(key, text)
  }
  return { type, parameters }
}

/** A Content-Type from its parts; values are quoted where they must be. Throws RangeError for what no header field can hold. */
export function formatMediaType(type: string, parameters: Iterable<readonly [string, string]> = []): string {
  let text = type
  for (const [name, value] of parameters) {
    if (/[\x00-\x08\x0A-\x1F\x7F]/.test(value))
      throw new RangeError(`the parameter ${name} of a media type holds a control character`)
    text += `; ${name}=${IS_TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`
  }
  return text
}
