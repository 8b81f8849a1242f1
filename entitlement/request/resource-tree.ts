import { ResourceFinder, type ResourceHierarchy } from 'viaduct'

/** A hierarchy that is known beforehand: the children of each resource. */
export function resourceTree(children: ReadonlyMap<string, readonly string[]>): ResourceHierarchy {
  return new KnownResources(children)
}

class KnownResources extends ResourceFinder {
  readonly #children: ReadonlyMap<string, readonly string[]>

  constructor(children: ReadonlyMap<string, readonly string[]>) {
    super()
    this.#children = children
  }

  children(id: string): readonly string[] {
    return this.#children.get(id) ?? []
  }
}
