import { choice, dictionary, flag, group, secret, type SettingForms, text, texts, whole } from './setting-forms.ts'

/** Forms of the settings of WS-Security. */
export const SECURITY_FORMS: SettingForms = {
  security: group('Keys and rules of WS-Security where a policy names none of its own.', {
    keystore: text('A keystore in security/ (PEM, PKCS#12 or JKS) with the keys of the bus.'),
    keystorePassword: secret('Password of the keystore.'),
    keyPassword: secret('Password of the private keys, where it is another one.'),
    alias: text('The entry that signs and decrypts; empty takes the only private key.'),
    truststore: text('A keystore in security/ with certificates that are trusted beside those of the keystore.'),
    truststorePassword: secret('Password of the truststore.'),
    storePasswords: dictionary('Passwords of keystores that policies name without one, by file name.'),
    minimumKeyBits: whole(
      'RSA keys of peers below this many bits are refused; 1024 for the stock keys of WSO2.',
      1024,
      16_384,
    ),
    replayEntries: whole(
      'Signatures and nonces that each service remembers against replays (100 bytes each); full of living ones, it refuses.',
      1000,
      10_000_000,
    ),
    disallowedSuites: texts('Algorithm suites that no policy may use, such as Basic256Rsa15.'),
    faultDetail: choice(
      ['off', 'codes'],
      'off tells peers one fault for every failure; codes tells the fault code, never the cause.',
    ),
    saml: group('Whose SAML assertions count.', {
      issuers: dictionary('Alias of the certificate that signs, by name of the issuer.'),
      audiences: texts(
        'Our names: an assertion that is restricted to audiences has to list one. Empty takes the addresses of the service.',
      ),
      vouchers: texts('Aliases of certificates whose owners may vouch for the subject of an assertion.'),
      services: dictionary('Key of the policy under which a token service is asked, by its address.'),
    }),
    kerberos: group('Kerberos, as a service and as a client of services.', {
      keytab: text('A keytab in security/ with the keys of the service, and of principal.'),
      service: text('HTTP/host@REALM: tickets for other entries of the keytab are refused; empty accepts all of them.'),
      kdcs: texts('host:port of the KDCs that tickets for calls come from.'),
      principal: text('user@REALM in whose name services are called.'),
      password: secret('Password of principal; empty takes its key from the keytab.'),
      allowRc4: flag('Also accepts arcfour-hmac (RC4), which is weak.'),
    }),
  }),
}
