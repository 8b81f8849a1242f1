const PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-kerberos-token-profile-1.1'

/** ValueTypes of BinarySecurityToken (Kerberos token profile 1.1, section 3.2). */
export const KERBEROS_AP_REQ = `${PROFILE}#Kerberosv5_AP_REQ`
export const GSS_KERBEROS_AP_REQ = `${PROFILE}#GSS_Kerberosv5_AP_REQ`
export const BARE_TYPES = [KERBEROS_AP_REQ, `${KERBEROS_AP_REQ}1510`, `${KERBEROS_AP_REQ}4120`]
export const GSS_TYPES = [GSS_KERBEROS_AP_REQ, `${GSS_KERBEROS_AP_REQ}1510`, `${GSS_KERBEROS_AP_REQ}4120`]

/** ValueType of the KeyIdentifier by which later messages name the token. */
export const KERBEROS_AP_REQ_SHA1 = `${PROFILE}#Kerberosv5APREQSHA1`
