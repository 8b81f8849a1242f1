import { mediators as listed } from '../index.ts'

/** Every mediator that ships, loaded. */
export const mediators = await Promise.all(listed.map(({ load }) => load()))
