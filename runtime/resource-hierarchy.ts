/** Knows which resources lie below others (hierarchical resource profile of XACML); the ids are those of `resource-id`. */
export interface ResourceHierarchy {
  children(id: string): readonly string[] | Promise<readonly string[]>
  /** Children, their children, and so on. */
  descendants(id: string): readonly string[] | Promise<readonly string[]>
}

/** A request about more resources asks too much. */
const MOST_DESCENDANTS = 1000

/** A hierarchy as a module in `mediators/`: it exports a class that extends this one, and policies use it without being told. */
export abstract class ResourceFinder implements ResourceHierarchy {
  /** What a class that extends this one is, for those who look for it in `mediators/`. */
  static readonly extension: string = 'resource-hierarchy'

  abstract children(id: string): readonly string[] | Promise<readonly string[]>

  /** Asks for the children of each one; may be overridden by what knows them all. Ends where there are too many. */
  async descendants(id: string): Promise<readonly string[]> {
    const found = new Set<string>()
    const open = [...(await this.children(id))]
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      if (found.has(next) || found.size > MOST_DESCENDANTS) continue
      found.add(next)
      open.push(...(await this.children(next)))
    }
    return [...found]
  }
}
