import { SYNAPSE } from './mediator.ts'

/** What every definition says about itself; those of elements have a namespace. */
export interface Named {
  readonly name: string
  readonly namespace?: string
}

/** A definition that is loaded when it is first asked for: a start costs what the home uses. */
export interface LazyDefinition<D extends Named> extends Named {
  readonly load: () => Promise<D>
}

/** Declares one for an element: `lazy('log', async () => (await import('./log/log.ts')).log)`. */
export function lazy<D extends Named>(
  name: string,
  load: () => Promise<D>,
  namespace: string = SYNAPSE,
): LazyDefinition<D> {
  return { name, namespace, load }
}

export const qualified = (namespace: string, name: string): string => `{${namespace}}${name}`

const keyOf = ({ name, namespace }: Named): string => (namespace === undefined ? name : qualified(namespace, name))

/**
 * Definitions by (qualified) name, some of which are loaded only when somebody asks for them. Asking is synchronous and finds
 * nothing at first; what was asked for is loaded by `fetch`, and found when the configuration is compiled again.
 */
export class Definitions<D extends Named> {
  /** Shared with every view, as is what waits to be loaded. */
  readonly #loaded: Map<string, D>
  readonly #waiting: Map<string, LazyDefinition<D>>
  readonly #own: ReadonlyMap<string, D>
  readonly #wanted = new Set<string>()

  private constructor(loaded: Map<string, D>, waiting: Map<string, LazyDefinition<D>>, own: ReadonlyMap<string, D>) {
    this.#loaded = loaded
    this.#waiting = waiting
    this.#own = own
  }

  static of<D extends Named>(definitions: Iterable<D | LazyDefinition<D>>): Definitions<D> {
    const all = [...definitions]
    byName(all)
    const waiting = byName(all.filter(isLazy))
    return new Definitions(byName(all.filter((each): each is D => !isLazy(each))), waiting, new Map())
  }

  /** These and some more. What one has asked for is the other's business only when it is loaded. */
  view(more: Iterable<D>): Definitions<D> {
    const own = byName(more)
    for (const [key, { name }] of own) if (this.has(key)) throw new Error(`<${name}> is defined twice`)
    return new Definitions(this.#loaded, this.#waiting, own)
  }

  has(key: string): boolean {
    return this.#own.has(key) || this.#loaded.has(key) || this.#waiting.has(key)
  }

  /** Undefined when there is none, and as long as it is not loaded (`has` tells which). */
  get(key: string): D | undefined {
    const found = this.#own.get(key) ?? this.#loaded.get(key)
    if (found === undefined && this.#waiting.has(key)) this.#wanted.add(key)
    return found
  }

  /** Local names of all, loaded or not. */
  names(): string[] {
    return [...this.#loaded.values(), ...this.#waiting.values(), ...this.#own.values()].map(({ name }) => name)
  }

  /** Those that are there. */
  loaded(): D[] {
    return [...this.#loaded.values(), ...this.#own.values()]
  }

  /** All of them; an error as long as one is not loaded. */
  values(): D[] {
    if (this.#waiting.size > 0) throw new Error(`${this.#waiting.size} definitions are not loaded`)
    return this.loaded()
  }

  /** Asks for every definition: what is compiled while messages run cannot wait for one. */
  want(): void {
    for (const key of this.#waiting.keys()) this.#wanted.add(key)
  }

  /** Whether something was asked for that is not loaded. */
  get wanting(): boolean {
    return this.#wanted.size > 0
  }

  /** Loads what was asked for. */
  async fetch(): Promise<void> {
    const keys = [...this.#wanted]
    this.#wanted.clear()
    await Promise.all(keys.map((key) => this.#load(key)))
  }

  async #load(key: string): Promise<void> {
    const found = await this.#waiting.get(key)?.load()
    if (found === undefined) return
    if (keyOf(found) !== key) throw new Error(`${key} is listed, but <${found.name}> loaded`)
    this.#loaded.set(key, found)
    this.#waiting.delete(key)
  }
}

const isLazy = <D extends Named>(definition: D | LazyDefinition<D>): definition is LazyDefinition<D> =>
  'load' in definition

/** Definitions by (qualified) name; an error when two share one. */
export function byName<D extends Named>(definitions: Iterable<D>): Map<string, D> {
  const map = new Map<string, D>()
  for (const definition of definitions) {
    const key = keyOf(definition)
    if (map.has(key)) throw new Error(`<${definition.name}> is defined twice`)
    map.set(key, definition)
  }
  return map
}
