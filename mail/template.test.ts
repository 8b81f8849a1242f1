import { expect, test } from 'vitest'
import { TestFolder } from '../runtime/testing/folder.ts'
import { composeLetter, TemplateError, parseTemplate } from './template.ts'
import { TemplateFolder } from './template-folder.ts'

const values = (given: Record<string, string>) => new Map(Object.entries(given))

test('values go into subject, text and HTML, escaped in HTML alone', () => {
  const template = { text: 'Subject: For {{name}}\n\nHello {{ name }}!\n', html: '<p title="{{name}}">{{name}}</p>' }
  expect(composeLetter(template, values({ name: `<b>"O'Neil"&` }))).toEqual({
    subject: `For <b>"O'Neil"&`,
    text: `Hello <b>"O'Neil"&!\n`,
    html: '<p title="&lt;b&gt;&quot;O&#39;Neil&quot;&amp;">&lt;b&gt;&quot;O&#39;Neil&quot;&amp;</p>',
  })
})

test('line breaks of a value do not get into the subject', () => {
  const { subject } = composeLetter({ text: 'Subject: {{a}}\n\nx' }, values({ a: 'x\r\nBcc: v@w\u2028y' }))
  expect(subject).toBe('x Bcc: v@w y')
})

test('parts are there when a value is, or is not', () => {
  const template = { text: 'Subject: s\n\n{{#c}}said: {{c}}{{/c}}{{^c}}said nothing{{/c}}' }
  expect(composeLetter(template, values({ c: 'yes' })).text).toBe('said: yes')
  expect(composeLetter(template, values({ c: '' })).text).toBe('said nothing')
  expect(composeLetter(template, values({})).text).toBe('said nothing')
})

test('a tag that is alone on its line leaves no line behind', () => {
  const template = { text: 'Subject: s\n\na\n{{#c}}\nb {{c}}\n  {{/c}}  \nd\n{{^c}}\ne\n{{/c}}' }
  expect(composeLetter(template, values({ c: 'x' })).text).toBe('a\nb x\nd\n')
  expect(composeLetter(template, values({})).text).toBe('a\nd\ne\n')
})

test('what a value holds is no template', () => {
  expect(composeLetter({ text: 'Subject: s\n\n{{a}}' }, values({ a: '{{b}}{{#c}}', b: 'x' })).text).toBe('{{b}}{{#c}}')
})

test.each([
  ['{{#a}}x', 0],
  ['x{{/a}}', 1],
  ['{{#a}}{{#b}}{{/a}}{{/b}}', 12],
])('%s is refused where it is wrong', (text, at) => {
  expect(() => parseTemplate(text)).toThrow(TemplateError)
  try {
    parseTemplate(text)
  } catch (failure) {
    expect((failure as TemplateError).at).toBe(at)
  }
})

test('templates of the home go before others, in the language that is nearest', () => {
  using home = new TestFolder({
    't/hello.txt': 'Subject: Hello\n\nHello {{name}}',
    't/hello.html': '<p>{{name}}</p>',
    't/hello.de.txt': 'Subject: Hallo\n\nHallo {{name}}',
    't/hello.de-CH.txt': 'Subject: Grüezi\n\nGrüezi {{name}}',
  })
  const problems: string[] = []
  const folder = new TemplateFolder(home.path, 't', (code) => problems.push(code))
  const compose = (name: string, locale?: string) =>
    folder.compose(name, values({ name: 'A' }), {
      ...(locale === undefined ? {} : { locale }),
      fallback: { text: 'Subject: Fallback\n\n' },
    })
  expect(problems).toEqual([])
  expect(compose('hello')).toEqual({ subject: 'Hello', text: 'Hello A', html: '<p>A</p>' })
  expect(compose('hello', 'fr').subject).toBe('Hello')
  expect(compose('hello', 'de-AT')).toEqual({ subject: 'Hallo', text: 'Hallo A' })
  expect(compose('hello', 'de-CH').subject).toBe('Grüezi')
  expect(compose('other', 'de').subject).toBe('Fallback')
  expect(compose('../hello').subject).toBe('Fallback')
})

test('what is wrong with a template of the home is told at its place', () => {
  using home = new TestFolder({
    't/a.txt': 'Hello',
    't/b.txt': 'Subject: x\n\nHi\n  {{#c}}',
    't/c.html': '{{/x}}',
    't/README': '{{',
  })
  const problems: string[] = []
  const folder = new TemplateFolder(home.path, 't', (code, { file, line, column }, message) =>
    problems.push(`${file}:${line}:${column} ${code}: ${message}`),
  )
  expect(folder).toBeDefined()
  expect(problems).toEqual([
    't/a.txt:1:1 template-invalid: the first line is to be "Subject: …"',
    't/b.txt:4:3 template-invalid: {{#c}} is not closed',
    't/c.html:1:1 template-invalid: {{/x}} closes nothing that is open',
  ])
})
