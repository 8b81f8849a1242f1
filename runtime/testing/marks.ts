import { oneOf, required, string } from '../attributes.ts'
import { Fault } from '../fault.ts'
import { defineMediator } from '../mediator.ts'

export type Marks = ReturnType<typeof createMarks>

/**
 * A mediator that only tells that it ran, so that tests of branches need no other one: `<mark name="a"/>` adds its name to
 * `passed`; `flow` says how it ends.
 */
export function createMarks() {
  const passed: string[] = []
  const definition = defineMediator({
    name: 'mark',
    summary: 'Records that the message came by.',
    attributes: {
      name: required(string('What is recorded.')),
      flow: oneOf(
        ['continue', 'stop', 'fault', 'later'],
        'How it ends; `later` continues after a turn of the event loop.',
      ),
    },
    compile({ name, flow }) {
      return () => {
        passed.push(name)
        if (flow === 'fault') throw new Fault(0, name)
        if (flow === 'later') return Promise.resolve('continue')
        return flow === 'stop' ? 'stop' : 'continue'
      }
    },
  })
  return { definition, passed }
}
