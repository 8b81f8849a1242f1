import { defineMediator, ELEMENT, spanOf } from 'viaduct'

/** Sets several properties, in order. */
export const propertyGroup = defineMediator({
  name: 'propertyGroup',
  summary: 'Sets or removes several properties, in order.',
  content: 'pipeline',
  check({ node }, { fail }) {
    for (const child of node.children) {
      if (child.type === ELEMENT && child.name !== 'property' && child.name !== 'description') {
        fail('element-unknown', `<propertyGroup> holds only <property>, not <${child.name}>`, spanOf(child))
      }
    }
  },
  compile:
    ({ pipeline = () => 'continue' }) =>
    (ctx) =>
      pipeline(ctx),
})
