import { DEFAULT_SERVER_SETTINGS, SETTING_FORMS } from './server-settings.ts'
import type { SettingForm, SettingForms } from './setting-forms.ts'

/** JSON Schema of `viaduct.config.json` (draft 07, which editors know best), from the table that checks the file. */
export function settingsSchema(): Record<string, unknown> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of Viaduct',
    ...objectOf(SETTING_FORMS, DEFAULT_SERVER_SETTINGS as unknown as Record<string, unknown>, {
      $schema: { type: 'string', description: 'Where this schema is.' },
    }),
  }
}

function objectOf(forms: SettingForms, defaults: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const properties = Object.fromEntries(
    Object.entries(forms).map(([key, form]) => [key, schemaOf(form, defaults[key])]),
  )
  return { type: 'object', properties: { ...more, ...properties }, additionalProperties: false }
}

function schemaOf(form: SettingForm, fallback: unknown): Record<string, unknown> {
  const description = form.doc
  switch (form.type) {
    case 'group':
      return { description, ...objectOf(form.members, fallback as Record<string, unknown>) }
    case 'choice':
      return { description, enum: form.values, default: fallback }
    case 'text':
      return { description, type: 'string', default: fallback }
    case 'flag':
      return { description, type: 'boolean', default: fallback }
    case 'texts':
      return { description, type: 'array', items: { type: 'string' }, default: fallback }
    case 'dictionary':
      return {
        description,
        type: 'object',
        additionalProperties: { type: ['string', 'number', 'boolean'] },
        default: fallback,
      }
    case 'whole':
      return { description, type: 'integer', minimum: form.least, ...mostOf(form.most), default: fallback }
  }
}

const mostOf = (most: number) => (most === Number.MAX_SAFE_INTEGER ? {} : { maximum: most })
