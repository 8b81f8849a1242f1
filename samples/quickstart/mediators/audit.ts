import { defineMediator, required, value } from 'viaduct'

/** Counts requests per subject; answers tell the count in the header X-Audit. Edit and save: the next message runs the new code. */
export default defineMediator({
  name: 'audit',
  namespace: 'urn:viaduct:quickstart',
  summary: 'Counts requests per subject.',
  attributes: { subject: required(value('Whom to count.')) },
  compile({ subject }, site) {
    const counts = site.linker.state('quickstart:audit', '1', () => new Map<string, number>())
    return (ctx) => {
      const name = subject.string(ctx) || 'nobody'
      const count = (counts.get(name) ?? 0) + 1
      if (counts.size < 1000 || counts.has(name)) counts.set(name, count)
      ctx.properties.set('default', 'audit', `${name} ${count}`)
      return 'continue'
    }
  },
})
