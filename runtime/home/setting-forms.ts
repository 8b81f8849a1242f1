/** One setting or group of settings, as data: what checks a file and what generates the schema. */
export type SettingForm =
  | { readonly type: 'group'; readonly doc: string; readonly members: SettingForms }
  | { readonly type: 'choice'; readonly doc: string; readonly values: readonly string[] }
  | { readonly type: 'text'; readonly doc: string; readonly secret?: boolean; readonly file?: boolean }
  | { readonly type: 'whole'; readonly doc: string; readonly least: number; readonly most: number }
  | { readonly type: 'flag'; readonly doc: string }
  | { readonly type: 'texts'; readonly doc: string }
  | { readonly type: 'dictionary'; readonly doc: string }

export interface SettingForms {
  readonly [name: string]: SettingForm
}

export const group = (doc: string, members: SettingForms): SettingForm => ({ type: 'group', doc, members })
export const choice = (values: readonly string[], doc: string): SettingForm => ({ type: 'choice', doc, values })
export const text = (doc: string): SettingForm => ({ type: 'text', doc })
export const secret = (doc: string): SettingForm => ({ type: 'text', doc, secret: true })
/** A file, relative to the home. */
export const file = (doc: string): SettingForm => ({ type: 'text', doc, file: true })
export const flag = (doc: string): SettingForm => ({ type: 'flag', doc })
export const texts = (doc: string): SettingForm => ({ type: 'texts', doc })
export const dictionary = (doc: string): SettingForm => ({ type: 'dictionary', doc })
export const whole = (doc: string, least = 0, most = Number.MAX_SAFE_INTEGER): SettingForm => ({
  type: 'whole',
  doc,
  least,
  most,
})

/** A setTimeout of more fires at once. */
const LONGEST = 2 ** 31 - 1

export const milliseconds = (doc: string, least = 1): SettingForm => whole(`${doc} Milliseconds.`, least, LONGEST)

/** What is wrong with a value of that form; undefined when nothing is. */
export function objection(form: SettingForm, value: unknown): string | undefined {
  switch (form.type) {
    case 'group':
      return 'expected an object'
    case 'dictionary':
      return 'expected an object with text values'
    case 'choice':
      return form.values.includes(value as string) ? undefined : `expected one of ${form.values.join(', ')}`
    case 'text':
      return typeof value === 'string' ? undefined : 'expected text'
    case 'texts':
      return 'expected an array of texts'
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'expected true or false'
    case 'whole':
      return wholeObjection(value, form.least, form.most)
  }
}

function wholeObjection(value: unknown, least: number, most: number): string | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return 'expected a whole number'
  if (value < least) return `expected ${least} or more`
  return value > most ? `expected ${most} or less` : undefined
}
