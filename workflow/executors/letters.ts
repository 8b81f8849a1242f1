import type { MailTemplate } from 'viaduct'

/** What is written to whom when the home has no template of its own. Names are those of template files. */
export const LETTERS = {
  'task-created': {
    text: `Subject: Please decide: {{description}}

{{description}}

Decide here: {{link}}

Reference: {{reference}}
`,
    html: `<p>{{description}}</p>
<p><a href="{{link}}">Decide</a></p>
<p><small>Reference: {{reference}}</small></p>
`,
  },
  'user-signup-approved': {
    text: `Subject: Your account is ready

Hello {{name}},

your account "{{subject}}" has been approved. You can log in now.
{{#comment}}
The administrator wrote: {{comment}}
{{/comment}}`,
    html: `<p>Hello {{name}},</p>
<p>your account <strong>{{subject}}</strong> has been approved. You can log in now.</p>
{{#comment}}<p>The administrator wrote: {{comment}}</p>{{/comment}}
`,
  },
  'user-signup-rejected': {
    text: `Subject: Your account was not approved

Hello {{name}},

your request for the account "{{subject}}" has been rejected, and the account has been deleted.
{{#comment}}
The administrator wrote: {{comment}}
{{/comment}}`,
    html: `<p>Hello {{name}},</p>
<p>your request for the account <strong>{{subject}}</strong> has been rejected, and the account has been deleted.</p>
{{#comment}}<p>The administrator wrote: {{comment}}</p>{{/comment}}
`,
  },
  'user-signup-taken': {
    text: `Subject: Please choose another name

Hello {{name}},

the account "{{subject}}" could not be made: the name is taken. Please sign up again with another one.
{{#comment}}
The administrator wrote: {{comment}}
{{/comment}}`,
  },
  'request-approved': {
    text: `Subject: Approved: {{description}}

Hello {{name}},

this has been approved: {{description}}
{{#comment}}
The administrator wrote: {{comment}}
{{/comment}}`,
  },
  'request-rejected': {
    text: `Subject: Rejected: {{description}}

Hello {{name}},

this has been rejected: {{description}}
{{#comment}}
The administrator wrote: {{comment}}
{{/comment}}`,
  },
} as const satisfies Readonly<Record<string, MailTemplate>>
