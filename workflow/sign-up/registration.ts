/** What somebody enters who wants an account. */
export interface Registration {
  readonly userName: string
  readonly password: string
  readonly email: string
  readonly givenName: string
  readonly lastName: string
}

/** What is wrong, by field, in words for the person who entered it. */
export type Objections = ReadonlyMap<keyof Registration, string>

export const SHORTEST_PASSWORD = 8
const LONGEST_PASSWORD = 200
const LONGEST_NAME = 100

/** Strict on purpose: letters that look alike are no way to somebody else's name. */
const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{2,62}$/
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){0,8}$/

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/

/** Checks form only; whether a name is taken is nobody's business. */
export function objectionsTo({ userName, password, email, givenName, lastName }: Registration): Objections {
  const objections = new Map<keyof Registration, string>()
  if (!USER_NAME.test(userName))
    objections.set('userName', '3 to 63 letters, digits, dots, dashes or underscores, beginning with a letter or digit')
  if (password.length < SHORTEST_PASSWORD) objections.set('password', `At least ${SHORTEST_PASSWORD} characters`)
  else if (password.length > LONGEST_PASSWORD) objections.set('password', `At most ${LONGEST_PASSWORD} characters`)
  else if (password.toLowerCase() === userName.toLowerCase()) objections.set('password', 'Not the user name')
  if (email.length > 254 || !EMAIL.test(email)) objections.set('email', 'An e-mail address such as name@example.com')
  for (const [field, name] of [
    ['givenName', givenName],
    ['lastName', lastName],
  ] as const)
    if (name.length > LONGEST_NAME || CONTROL.test(name)) objections.set(field, `At most ${LONGEST_NAME} characters`)
  return objections
}

/** Reads a registration from named texts; white space around names and addresses does not count. */
export function registrationOf(field: (name: string) => string | null | undefined): Registration {
  const trimmed = (name: string): string => (field(name) ?? '').trim()
  return {
    userName: trimmed('userName'),
    password: field('password') ?? '',
    email: trimmed('email'),
    givenName: trimmed('givenName'),
    lastName: trimmed('lastName'),
  }
}
