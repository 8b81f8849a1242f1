const NAMESPACE = 'http://ws.apache.org/ns/synapse'

/**
 * The sequences that are there when a home does not bring its own (language reference 1.2). Unlike upstream, the default
 * `fault` does not log the whole message: the body may be half sent or the very thing that is wrong.
 */
export const defaultSequences: ReadonlyMap<string, string> = new Map([
  [
    'main',
    `<sequence xmlns="${NAMESPACE}" name="main">
  <in>
    <log/>
    <drop/>
  </in>
  <out>
    <send/>
  </out>
</sequence>
`,
  ],
  [
    'fault',
    `<sequence xmlns="${NAMESPACE}" name="fault">
  <log level="custom" category="WARN">
    <property name="MESSAGE" value="Executing default &quot;fault&quot; sequence"/>
    <property name="ERROR_CODE" expression="get-property('ERROR_CODE')"/>
    <property name="ERROR_MESSAGE" expression="get-property('ERROR_MESSAGE')"/>
  </log>
  <drop/>
</sequence>
`,
  ],
])

const PREFIX = 'default:'

/** The same as files of a configuration. */
export const defaults: readonly { readonly file: string; readonly bytes: Buffer }[] = [...defaultSequences].map(
  ([name, xml]) => ({ file: `${PREFIX}${name}.xml`, bytes: Buffer.from(xml) }),
)

/** Whether a configuration element comes from one of them. */
export const isDefault = (file: string): boolean => file.startsWith(PREFIX)
