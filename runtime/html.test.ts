import { expect, test } from 'vitest'
import { html } from './html.ts'

test('values are escaped in content and in attributes', () => {
  const evil = `<script>alert("x")</script>&'`
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
    '<p title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;</p>',
  )
})

test('markup inside markup is kept, lists are joined, nothing is nothing', () => {
  const items = ['a', '<b>'].map((each) => html`<li>${each}</li>`)
  const list = html`<b>${items}</b>`
  expect(list.text).toBe('<b><li>a</li><li>&lt;b&gt;</li></b>')
  expect(html`<b>${undefined}${false}${0}</b>`.text).toBe('<b>0</b>')
})

test('an object that only looks like markup is text', () => {
  const forged = JSON.parse('{"text":"<i>"}') as { text: string }
  expect(html`${forged.text}`.text).toBe('&lt;i&gt;')
})
