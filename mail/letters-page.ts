import {
  type ConsoleAnswer,
  type ConsolePage,
  defineService,
  html,
  type Html,
  type Mail,
  type MailSender,
  type QueuedLetter,
} from 'viaduct'

/** Letters in the console: what was sent, what waits and why, what was given up and can be tried again. */
export const lettersService = defineService({
  name: 'letters',
  summary: 'The letters of the bus in the console.',
  create(linker) {
    const mail = linker.facility('mail')
    return mail && { pages: [lettersPage(mail)] }
  },
})

const STATES: Readonly<Record<QueuedLetter['state'], string>> = {
  queued: 'waits',
  sent: 'sent',
  failed: 'given up',
}

export function lettersPage(mail: MailSender): ConsolePage {
  return {
    label: 'Mail',
    path: '/mail',
    async count() {
      return (await mail.letters()).filter(({ state }) => state === 'failed').length
    },
    async answer({ method, path, form, formToken, mayChange }) {
      if (method === 'POST' && path === '/retry') {
        const again = await mail.retry(form.get('id') ?? '')
        const notice = again ? 'The letter is being sent again.' : 'That letter is not one that was given up.'
        return { redirect: '/mail', notice, failed: !again }
      }
      if (method !== 'GET') return undefined
      if (path !== '') return letterAnswer(await mail.letter(path.slice(1)))
      const letters = await mail.letters()
      return { title: 'Mail', main: listOf(letters, mayChange ? formToken : undefined) }
    },
  }
}

function letterAnswer(letter: Mail | undefined): ConsoleAnswer | undefined {
  if (letter === undefined) return undefined
  const { subject, to, cc = [], from, text = '', attachments = [] } = letter
  const facts: readonly (readonly [string, string])[] = [
    ['To', to.join(', ')],
    ['Copy to', cc.join(', ')],
    ['From', from ?? ''],
    ['Attached', attachments.map(({ name }) => name).join(', ')],
  ]
  const shown = facts.filter(([, value]) => value !== '')
  return {
    title: subject,
    main: html`<p><a href="/mail">All letters</a></p>
      <dl class="facts">
        ${shown.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      <pre class="letter">${text}</pre>`,
  }
}

function listOf(letters: readonly QueuedLetter[], formToken: Html | undefined): Html {
  if (letters.length === 0) return html`<p class="empty">No letter has been written yet.</p>`
  const rows = letters.map(
    (letter) =>
      html`<tr>
        <td data-label="Written">${timeOf(letter.created)}</td>
        <td data-label="To">${letter.to.join(', ')}</td>
        <td data-label="Subject"><a href="/mail/${letter.id}">${letter.subject}</a></td>
        <td data-label="State">
          <span class="state ${letter.state}">${STATES[letter.state]}</span>
          ${letter.error !== '' && html`<small class="reason">${letter.error}</small>`}
        </td>
        <td data-label="Attempts">${letter.attempts}</td>
        <td>${letter.state === 'failed' && formToken !== undefined && retryForm(letter, formToken)}</td>
      </tr>`,
  )
  return html`<table class="list">
    <caption class="hidden">
      Letters, the newest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Written</th>
        <th scope="col">To</th>
        <th scope="col">Subject</th>
        <th scope="col">State</th>
        <th scope="col">Attempts</th>
        <th scope="col"><span class="hidden">Actions</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

const retryForm = ({ id, subject }: QueuedLetter, formToken: Html): Html =>
  html`<form method="post" action="/mail/retry">
    ${formToken}<input type="hidden" name="id" value="${id}" /><button aria-label="Send “${subject}” again">
      Send again
    </button>
  </form>`

const timeOf = (time: number): Html => {
  const iso = new Date(time).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`
}
