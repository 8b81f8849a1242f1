import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** How dear one guess is. 2^15 blocks of 1 kB: 32 MB and about 90 ms on one core. */
const COST = 15
const BLOCK = 8
const PARALLEL = 1
const SALT_BYTES = 16
const KEY_BYTES = 32

/** Hashes that others wrote may be dearer than ours, within reason. */
const DEAREST = 18

/** Longer ones are refused: nobody types them, and hashing them first would be work for nothing. */
export const LONGEST_PASSWORD = 1024

const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,128})\$([\w-]{32,128})$/

interface Parsed {
  readonly cost: number
  readonly block: number
  readonly parallel: number
  readonly salt: Buffer
  readonly key: Buffer
}

/** `scrypt$15$8$1$<salt>$<key>`, base64url: log2 of N, r and p as in RFC 7914. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await derive(password, { cost: COST, block: BLOCK, parallel: PARALLEL, salt }, KEY_BYTES)
  return ['scrypt', COST, BLOCK, PARALLEL, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Whether a text can be checked as a hash. */
export const isPasswordHash = (text: string): boolean => parse(text) !== undefined

/** Compares in a time that does not depend on how much of it is right. With a hash of nobody it takes as long, and is false. */
export async function matchesHash(password: string, hash: string | undefined): Promise<boolean> {
  const parsed = hash === undefined ? undefined : parse(hash)
  const { key, ...rest } = parsed ?? NOBODY
  const derived = await derive(password, rest, key.length)
  return timingSafeEqual(derived, key) && parsed !== undefined
}

/** Compares clear texts without telling by the time where they differ. */
export function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  const padded = Buffer.alloc(b.length)
  a.copy(padded, 0, 0, b.length)
  return timingSafeEqual(padded, b) && a.length === b.length
}

function parse(text: string): Parsed | undefined {
  const [, cost, block, parallel, salt = '', key = ''] = FORM.exec(text) ?? []
  if (cost === undefined) return undefined
  const numbers = { cost: Number(cost), block: Number(block), parallel: Number(parallel) }
  if (numbers.cost < 10 || numbers.cost > DEAREST) return undefined
  if (numbers.block < 1 || numbers.block > 32 || numbers.parallel < 1 || numbers.parallel > 16) return undefined
  return { ...numbers, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') }
}

/** What the password of an unknown user is compared with: never equal, since nobody knows what would hash to zeros. */
const NOBODY: Parsed = {
  cost: COST,
  block: BLOCK,
  parallel: PARALLEL,
  salt: Buffer.alloc(SALT_BYTES),
  key: Buffer.alloc(KEY_BYTES),
}

function derive(
  password: string,
  { cost, block, parallel, salt }: Omit<Parsed, 'key'>,
  length: number,
): Promise<Buffer> {
  const options = { N: 2 ** cost, r: block, p: parallel, maxmem: 2 ** cost * block * 128 + 2 ** 26 }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, options, (failure, key) =>
      failure === null ? resolve(key) : reject(failure),
    )
  })
}
