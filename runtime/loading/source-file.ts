/** A file of a configuration: its path as diagnostics show it, and what it holds. */
export interface SourceFile {
  readonly file: string
  readonly bytes: Buffer
}
