import { parseArgs } from 'node:util'
import { jsonSchemaOf, xsdOf } from '../runtime/generate/index.ts'
import { settingsSchema } from 'viaduct'
import { GOOD, USAGE, type Verb } from './io.ts'
import { wholeLanguage } from './standard.ts'

export const schema: Verb = {
  name: 'schema',
  summary: 'Prints a schema of the configuration language, made from the definitions that the loader uses.',
  usage: `viaduct schema --xsd        XML Schema of artifacts and mediators
viaduct schema --json       the same as JSON Schema
viaduct schema --settings   JSON Schema of viaduct.config.json`,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: { xsd: { type: 'boolean' }, json: { type: 'boolean' }, settings: { type: 'boolean' } },
    })
    const { xsd = false, json = false, settings = false } = values
    if (Number(xsd) + Number(json) + Number(settings) !== 1) {
      io.error('viaduct schema needs one of --xsd, --json and --settings')
      return USAGE
    }
    if (xsd) io.out(xsdOf(await wholeLanguage()).trimEnd())
    else io.out(JSON.stringify(json ? jsonSchemaOf(await wholeLanguage()) : settingsSchema(), undefined, 2))
    return GOOD
  },
}
