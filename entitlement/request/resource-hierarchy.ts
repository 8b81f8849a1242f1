/** Knows which resources lie below others (hierarchical resource profile); the ids are those of `resource-id`. */
export interface ResourceHierarchy {
  children(id: string): readonly string[] | Promise<readonly string[]>
  /** Children, their children, and so on. */
  descendants(id: string): readonly string[] | Promise<readonly string[]>
}

/** A hierarchy that is known beforehand: the children of each resource. */
export function resourceTree(children: ReadonlyMap<string, readonly string[]>): ResourceHierarchy {
  const below = (id: string): readonly string[] => children.get(id) ?? []
  return {
    children: below,
    descendants(id) {
      const found = new Set<string>()
      const open = [...below(id)]
      for (let next = open.shift(); next !== undefined; next = open.shift()) {
        if (found.has(next)) continue
        found.add(next)
        open.push(...below(next))
      }
      return [...found]
    },
  }
}
