import { element, type Markup } from './markup.ts'

/** Something that may stand in an element's content. */
export interface Particle {
  /** '' for groups and wildcards. */
  readonly name: string
  readonly single: boolean
  readonly mandatory: boolean
  readonly markup: (occurs: Readonly<Record<string, string>>) => Markup
}

/** Any of these, any number of times, in any order. */
export const choice = (options: readonly Markup[]): Markup =>
  element('xs:choice', { minOccurs: '0', maxOccurs: 'unbounded' }, options)

/**
 * A content model in which order does not count. XML Schema 1.0 can say so exactly when every part is an element that appears
 * once at most; else repeated parts may stand around up to two mandatory ones, and more than two are left to the loader.
 */
export function particlesOf(particles: readonly Particle[]): Markup[] {
  if (particles.length === 0) return []
  if (particles.every(({ single, name }) => single && name !== '')) {
    return [
      element(
        'xs:all',
        {},
        particles.map(({ mandatory, markup }) => markup({ minOccurs: mandatory ? '1' : '0' })),
      ),
    ]
  }
  const mandatory = particles.filter((each) => each.mandatory)
  const others = (): Markup => choice(particles.filter((each) => !each.mandatory).map(({ markup }) => markup({})))
  const [first, second, third] = mandatory
  if (first === undefined || third !== undefined) return [choice(particles.map(({ markup }) => markup({})))]
  if (second === undefined) return [element('xs:sequence', {}, [others(), first.markup({}), others()])]
  const both = (a: Particle, b: Particle) => element('xs:sequence', {}, [a.markup({}), others(), b.markup({})])
  const either = element('xs:choice', {}, [both(first, second), both(second, first)])
  return [element('xs:sequence', {}, [others(), either, others()])]
}
