import { choice, dictionary, group, secret, type SettingForms, text, texts, whole } from './setting-forms.ts'

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
    disallowedSuites: texts('Algorithm suites that no policy may use, such as Basic256Rsa15.'),
    faultDetail: choice(
      ['off', 'codes'],
      'off tells peers one fault for every failure; codes tells the fault code, never the cause.',
    ),
  }),
}
