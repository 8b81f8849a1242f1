/** `package.json` of a home: what `npm test` runs, and where `viaduct/testing` comes from. */
export const packageOf = (version: string): Readonly<Record<string, string>> => ({
  'package.json': `${JSON.stringify(
    {
      private: true,
      type: 'module',
      scripts: {
        start: 'viaduct run .',
        check: 'viaduct check .',
        test: 'node --test "mediators/**/*.test.*"',
      },
      devDependencies: { viaduct: `^${version}` },
    },
    undefined,
    2,
  )}\n`,
})

/** What `viaduct new` writes, by path. Kept small enough to be read in one go by whoever starts with it. */
export const NEW_HOME: Readonly<Record<string, string>> = {
  'README.md': `# A Viaduct home

    viaduct run .          start the bus here
    viaduct check .        find mistakes without starting
    npm test               run the tests of your own mediators

Try it: \`curl http://localhost:8280/hello/World\`. Change \`sequences/greet.xml\` while the bus runs; the next message takes the new way.

| folder | holds |
|---|---|
| \`apis/\`, \`proxies/\` | where messages enter |
| \`sequences/\`, \`templates/\` | the paths they take |
| \`endpoints/\` | where they leave |
| \`mediators/\` | your own mediators (TypeScript or JavaScript) |
| \`package.json\` | the scripts; \`npm install\` gets \`viaduct/testing\` for the tests, unless a folder above has it |
| \`registry/config\`, \`registry/governance\` | resources named \`conf:…\`, \`gov:…\` |
`,
  'viaduct.config.json': `{
  "limits": { "body": 67108864 }
}
`,
  'apis/hello.xml': `<?xml version="1.0" encoding="UTF-8"?>
<api xmlns="http://ws.apache.org/ns/synapse" name="hello" context="/hello">
  <resource methods="GET" uri-template="/{name}">
    <inSequence>
      <sequence key="greet"/>
      <respond/>
    </inSequence>
  </resource>
</api>
`,
  'proxies/Echo.xml': `<?xml version="1.0" encoding="UTF-8"?>
<!-- Answers every SOAP message with itself. -->
<proxy xmlns="http://ws.apache.org/ns/synapse" name="Echo" transports="http https">
  <target>
    <inSequence>
      <respond/>
    </inSequence>
  </target>
</proxy>
`,
  'sequences/greet.xml': `<?xml version="1.0" encoding="UTF-8"?>
<sequence xmlns="http://ws.apache.org/ns/synapse" name="greet">
  <class name="stamp">
    <property name="header" value="X-Greeted-By"/>
  </class>
  <payloadFactory media-type="json">
    <format>{"hello": "$1"}</format>
    <args>
      <arg expression="get-property('uri.var.name')"/>
    </args>
  </payloadFactory>
</sequence>
`,
}

/** The three files of a custom mediator. */
export function newMediator(name: string): Readonly<Record<string, string>> {
  return {
    [`mediators/${name}/${name}.ts`]: `import { defineMediator, required, string } from 'viaduct'

/** Notes in a header of the message that it came through here. */
export default defineMediator({
  name: '${name}',
  namespace: 'urn:my-mediators',
  summary: 'Notes in a header that the message came through here.',
  attributes: { header: required(string('Name of the header.')) },
  compile: ({ header }) => (ctx) => {
    ctx.message.headers.set(header, '${name}')
    return 'continue'
  },
})
`,
    [`mediators/${name}/${name}.test.ts`]: `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileMediators, createContext } from 'viaduct/testing'
import ${identifier(name)} from './${name}.ts'

test('${name} notes itself in the header it is told', async () => {
  const { mediator, diagnostics } = compileMediators('<m:${name} xmlns:m="urn:my-mediators" header="X-Test"/>', { mediators: [${identifier(name)}] })
  assert.deepEqual(diagnostics, [])
  const ctx = createContext()
  assert.equal(await mediator(ctx), 'continue')
  assert.equal(ctx.message.headers.get('X-Test'), '${name}')
})
`,
    [`mediators/${name}/${name}.md`]: `# ${name}

Notes in a header of the message that it came through here.

\`\`\`xml
<class name="${name}">
  <property name="header" value="X-Greeted-By"/>
</class>
\`\`\`

Its test: \`node --test mediators/${name}/${name}.test.ts\`, or \`npm test\` for those of all mediators.
`,
  }
}

const identifier = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
