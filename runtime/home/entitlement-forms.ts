import { flag, group, milliseconds, type SettingForms, text, texts, whole } from './setting-forms.ts'

/** Forms of the settings of decision points. */
export const ENTITLEMENT_FORMS: SettingForms = {
  entitlement: group('Decision points elsewhere, and the one of this bus as others ask it.', {
    timeout: milliseconds('A remote decision point must have answered.'),
    answerLimit: whole('Bytes of an answer that is read.', 1024),
    wsXacml: group('How queries of the SAML profile are signed and answers checked.', {
      issuer: text('Who asks, or answers.'),
      trusted: texts(
        'Aliases in the keystore whose keys may sign; empty trusts the key of the bus alone, as WSO2 does.',
      ),
      sha1: flag('Signs with SHA-1, and accepts it, as Identity Server does.'),
    }),
    served: group('Protocols by which others ask the policies of this home. All are off, and all need a user.', {
      soap: flag('EntitlementService and AuthenticationAdmin below /services/.'),
      wsXacml: flag('The SAML profile at /services/ws-xacml.'),
      rest: flag('The REST and JSON profiles at /api/identity/entitlement/decision/.'),
      authzen: flag('OpenID AuthZEN 1.0 at /access/v1/.'),
      thriftPort: whole(
        'Port of the thrift service, 10500 in WSO2; 0 takes any, -1 is off. Needs http.tls.',
        -1,
        65_535,
      ),
      thriftHost: text('Address that the thrift service listens on.'),
      roles: texts('Roles of which a caller needs one; empty lets every user of the home ask.'),
      requestLimit: whole('Bytes of a question.', 1024),
      rate: whole('Questions of one caller in a second; 0 does not count them.'),
      session: whole('Minutes after which a login that is not used ends.', 1, 1440),
    }),
  }),
}
