import { AES128_SHA1, AES256_SHA1 } from './aes-sha1.ts'
import { AES128_SHA256, AES256_SHA384 } from './aes-sha2.ts'
import type { EncryptionType } from './encryption-type.ts'
import { RC4_HMAC } from './rc4-hmac.ts'

/** Strongest first: the order in which a client asks for them. */
const STRONG: readonly EncryptionType[] = [AES256_SHA384, AES128_SHA256, AES256_SHA1, AES128_SHA1]

/** The encryption types that count. arcfour-hmac is one only where it is allowed; DES never is. */
export const encryptionTypes = (allowRc4 = false): readonly EncryptionType[] =>
  allowRc4 ? [...STRONG, RC4_HMAC] : STRONG
