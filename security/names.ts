/** Namespaces of WS-Security and what it is made of. */
export const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const WSSE11 = 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd'
export const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
export const DSIG_MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
export const DSIG_MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
export const XENC = 'http://www.w3.org/2001/04/xmlenc#'
export const XENC11 = 'http://www.w3.org/2009/xmlenc11#'
export const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const WSC_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/sc'
export const WSC_200512 = 'http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512'
export const SAML_11 = 'urn:oasis:names:tc:SAML:1.0:assertion'
export const SAML_20 = 'urn:oasis:names:tc:SAML:2.0:assertion'

const MESSAGE_10 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0'
const MESSAGE_11 = 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1'
const X509_PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0'
const USERNAME_PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0'
const SWA_PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1'

export const BASE64_ENCODING = `${MESSAGE_10}#Base64Binary`
export const STR_TRANSFORM = `${MESSAGE_10}#STR-Transform`
export const ENVELOPED_SIGNATURE = `${DSIG}enveloped-signature`

export const X509_V3 = `${X509_PROFILE}#X509v3`
export const X509_V1 = `${X509_PROFILE}#X509v1`
export const X509_PKI_PATH = `${X509_PROFILE}#X509PKIPathv1`
export const X509_PKCS7 = `${X509_PROFILE}#PKCS7`
export const X509_SKI = `${X509_PROFILE}#X509SubjectKeyIdentifier`
export const THUMBPRINT_SHA1 = `${MESSAGE_11}#ThumbprintSHA1`
export const ENCRYPTED_KEY = `${MESSAGE_11}#EncryptedKey`
export const ENCRYPTED_KEY_SHA1 = `${MESSAGE_11}#EncryptedKeySHA1`

export const USERNAME_TOKEN = `${USERNAME_PROFILE}#UsernameToken`
export const PASSWORD_TEXT = `${USERNAME_PROFILE}#PasswordText`
export const PASSWORD_DIGEST = `${USERNAME_PROFILE}#PasswordDigest`

export const ATTACHMENT_CONTENT_TRANSFORM = `${SWA_PROFILE}#Attachment-Content-Signature-Transform`
export const ATTACHMENT_COMPLETE_TRANSFORM = `${SWA_PROFILE}#Attachment-Complete-Signature-Transform`
export const ATTACHMENT_CIPHERTEXT_TRANSFORM = `${SWA_PROFILE}#Attachment-Ciphertext-Transform`
export const ATTACHMENT_CONTENT_ONLY = `${SWA_PROFILE}#Attachment-Content-Only`
export const ATTACHMENT_COMPLETE = `${SWA_PROFILE}#Attachment-Complete`

export const ENCRYPTED_CONTENT = `${XENC}Content`
export const ENCRYPTED_ELEMENT = `${XENC}Element`

export const isConversation = (namespace: string): boolean => namespace === WSC_2005 || namespace === WSC_200512
