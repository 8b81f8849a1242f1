/** Where `$SYSTEM:`, `$FILE:` and `${configs.…}` look (language reference, section 0). */
export interface ParameterSources {
  /** Environment variables. */
  readonly environment: (name: string) => string | undefined
  /** `file.properties` of the home. */
  readonly file: (name: string) => string | undefined
  /** Configuration properties: the file, then the environment, then settings. */
  readonly configuration: (name: string) => string | undefined
}

const PARAMETER = /\$(SYSTEM|FILE|CUSTOM_\w+):([\w.-]*\w)|\$\{configs\.([\w.-]+)\}/g

/** Replaces every parameter in `text`; calls `unresolved` with a description of each that has no value. */
export function resolveParameters(
  text: string,
  sources: ParameterSources,
  unresolved: (reason: string) => void,
): string {
  if (!text.includes('$')) return text
  return text.replace(PARAMETER, (whole: string, source?: string, name = '', configured?: string) => {
    const value = configured === undefined ? named(source ?? '', name, sources) : sources.configuration(configured)
    if (value === undefined) unresolved(reasonOf(whole, source, name, configured))
    return value ?? ''
  })
}

function named(source: string, name: string, sources: ParameterSources): string | undefined {
  if (source === 'SYSTEM') return sources.environment(name)
  if (source === 'FILE') return sources.file(name)
  return undefined
}

function reasonOf(whole: string, source: string | undefined, name: string, configured: string | undefined): string {
  if (configured !== undefined) return `${whole}: there is no configuration property "${configured}"`
  if (source === 'SYSTEM') return `${whole}: the environment variable ${name} is not set`
  if (source === 'FILE') return `${whole}: file.properties has no "${name}"`
  return `${whole}: custom property resolvers are not supported; use $SYSTEM:, $FILE: or \${configs.…}`
}
