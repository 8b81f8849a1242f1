import { defineMediator, Fault, required, string, value, withDefault } from 'viaduct'

/** Raises a fault. */
export const throwError = defineMediator({
  name: 'throwError',
  summary: 'Raises a fault, which the nearest fault handler takes.',
  attributes: {
    type: withDefault('ANY', string('Becomes ERROR_CODE.')),
    errorMessage: required(value('Becomes ERROR_MESSAGE; an expression in braces is evaluated for every message.')),
  },
  compile:
    ({ type, errorMessage }) =>
    (ctx) => {
      throw new Fault(type, errorMessage.string(ctx))
    },
})
