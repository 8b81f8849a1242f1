import { type JsonNode, JsonSourceError, parseJsonSource, type Report } from 'viaduct'
import { isPasswordHash } from './password-hash.ts'

/** One user of a file. */
export interface FileUser {
  readonly name: string
  /** In clear, or as a hash. */
  readonly password: string
  readonly hashed: boolean
  readonly roles: readonly string[]
  readonly claims: ReadonlyMap<string, string>
}

type JsonObject = Extract<JsonNode, { kind: 'object' }>

/**
 * Reads `{ "users": { "alice": { "password": "…", "roles": ["…"], "claims": { "email": "…" } } } }`. A password is a text in
 * clear or a hash as `viaduct user hash` prints it. Mistakes are reported where they are written.
 */
export function readUsersFile(text: string, file: string, report: Report): ReadonlyMap<string, FileUser> {
  const users = new Map<string, FileUser>()
  const wrong: Wrong = (node, message) => {
    report('users-invalid', node.at, message)
    return undefined
  }
  try {
    const root = objectOf(parseJsonSource(text, file), ['users', '$schema'], wrong)
    const list = objectOf(root?.get('users'), undefined, wrong)
    for (const [name, node] of list ?? []) {
      const user = readUser(name, node, wrong)
      if (user !== undefined) users.set(name, user)
    }
  } catch (failure) {
    if (!(failure instanceof JsonSourceError)) throw failure
    report('users-invalid', failure.at, failure.message)
  }
  return users
}

type Wrong = (node: Pick<JsonNode, 'at'>, message: string) => undefined

function readUser(name: string, node: JsonNode, wrong: Wrong): FileUser | undefined {
  const fields = objectOf(node, ['password', 'roles', 'claims'], wrong)
  if (fields === undefined) return undefined
  const password = textOf(fields.get('password'))
  if (password === undefined || password === '')
    return wrong(fields.get('password') ?? node, `"${name}" needs a password`)
  const hashed = password.startsWith('scrypt$')
  if (hashed && !isPasswordHash(password))
    return wrong(fields.get('password') ?? node, 'this is no hash as `viaduct user hash` prints it')
  const roles = fields.get('roles')
  const roleNames = roles?.kind === 'array' ? roles.items.map(textOf) : []
  if ((roles !== undefined && roles.kind !== 'array') || roleNames.includes(undefined))
    return wrong(roles ?? node, 'roles: expected an array of texts')
  const claims = fields.has('claims') ? objectOf(fields.get('claims'), undefined, wrong) : new Map<string, JsonNode>()
  if (claims === undefined) return undefined
  const claimTexts = [...claims].map(
    ([claim, value]) => [claim, textOf(value) ?? wrong(value, 'expected text')] as const,
  )
  return {
    name,
    password,
    hashed,
    roles: roleNames.filter((role) => role !== undefined),
    claims: new Map(claimTexts.flatMap(([claim, value]) => (value === undefined ? [] : [[claim, value]]))),
  }
}

const textOf = (node: JsonNode | undefined): string | undefined =>
  node?.kind === 'string' ? String(node.value) : undefined

/** The members of an object by name; reports what is no object, has unknown members, or one twice. */
function objectOf(
  node: JsonNode | undefined,
  known: readonly string[] | undefined,
  wrong: Wrong,
): Map<string, JsonNode> | undefined {
  if (node?.kind !== 'object') return node && wrong(node, 'expected an object')
  return membersOf(node, known, wrong)
}

function membersOf({ members }: JsonObject, known: readonly string[] | undefined, wrong: Wrong): Map<string, JsonNode> {
  const map = new Map<string, JsonNode>()
  for (const { key, keyAt, value } of members) {
    if (known?.includes(key) === false)
      wrong({ at: keyAt }, `"${key}" means nothing here; there are ${known.join(', ')}`)
    else if (map.has(key)) wrong({ at: keyAt }, `"${key}" is there twice`)
    else map.set(key, value)
  }
  return map
}
