import { XML_LIMITS } from './limits.ts'
import { isQName } from './names.ts'
import { COLON, colonOfAscii, ENDS_NAME, NOT_ASCII, WRONG_NAME } from './tape-bytes.ts'
import { XML_NAMESPACE, XMLNS_NAMESPACE } from './tree.ts'

/** How many names may share a slot before the document is left to the parser of the tree, whose table nobody can foresee. */
const LONGEST_PROBE = 32
/** Likewise for prefixes, namespaces, and the namespaces of one name: they are looked for one after the other. */
const MOST = 64

const UNBOUND = -1
const NO_NAMESPACE = 0
const XML = 1

/** Fields of a name as written. Its text is the bytes where it stands first. */
const START = 0
const LENGTH = 1
const HASH = 2
const PREFIX = 3
/** Of the colon, counted from the start; -1 when there is none. */
const COLON_AT = 4
/** The prefix that an attribute of this name declares; -1 when it declares none. */
const DECLARES = 5
/** The name in the namespace it was in last. */
const LAST = 6
const FIELDS = 7

/** Fields of a name in its namespace. */
const WRITTEN = 0
const NAMESPACE = 1
/** The same written name in the namespace it was in before; -1: none. */
const EARLIER = 2
const NAME_FIELDS = 3

/**
 * The names of one document by number: as written, and in their namespaces. Namespaces are bound to prefixes in place, as
 * the parser of the tree does it. A negative number stands for a name that is wrong, or one too many. Strings are made
 * only when somebody asks.
 */
export class TapeNames {
  /** After the name read last. */
  end = 0
  /** Names in their namespaces. */
  count = 0
  /** What {@link leave} needs to end the declarations that come next. */
  scope = 0
  readonly #bytes: Buffer
  readonly #written: number[] = []
  readonly #names: number[] = []
  #slots = new Int32Array(128)
  /** Where prefixes stand in the bytes: start and length; the first two stand nowhere. */
  readonly #prefixes = [0, 0, 0, 0]
  readonly #namespaces = ['', XML_NAMESPACE]
  /** For each prefix its namespace here. */
  readonly #bindings = [NO_NAMESPACE, XML]
  /** For each declaration in force the prefix and what it was bound to before. */
  readonly #before: number[] = []

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  local(name: number): string {
    const written = this.#writtenOf(name)
    return this.#text(written, this.#field(written, COLON_AT) + 1, this.#field(written, LENGTH))
  }

  /** Whether these bytes are the local name. */
  isLocal(name: number, bytes: Buffer): boolean {
    const written = this.#writtenOf(name)
    const from = this.#field(written, COLON_AT) + 1
    if (this.#field(written, LENGTH) - from !== bytes.length) return false
    const start = this.#field(written, START) + from
    for (let i = 0; i < bytes.length; i++) if (this.#bytes[start + i] !== bytes[i]) return false
    return true
  }

  prefix(name: number): string {
    const written = this.#writtenOf(name)
    return this.#text(written, 0, Math.max(0, this.#field(written, COLON_AT)))
  }

  namespace(name: number): string {
    return this.#namespaces[this.#names[name * NAME_FIELDS + NAMESPACE] as number] ?? ''
  }

  #writtenOf(name: number): number {
    return this.#names[name * NAME_FIELDS + WRITTEN] as number
  }

  #field(written: number, field: number): number {
    return this.#written[written * FIELDS + field] as number
  }

  #text(written: number, from: number, to: number): string {
    const start = this.#field(written, START)
    return this.#bytes.toString('utf8', start + from, start + to)
  }

  /** The number of the name that starts at an offset. Sets `end`. */
  read(start: number): number {
    const bytes = this.#bytes
    // Imported constants are looked up anew at every use.
    const endsName = ENDS_NAME
    const { length } = bytes
    let hash = 0
    let end = start
    while (end < length) {
      const byte = bytes[end] as number
      if (endsName[byte] !== 0) break
      hash = ((hash << 5) - hash + byte) | 0
      end++
    }
    this.end = end
    const slots = this.#slots
    const written = this.#written
    const mask = slots.length - 1
    let slot = spread(hash) & mask
    for (let probes = 0; probes < LONGEST_PROBE; probes++) {
      const id = (slots[slot] as number) - 1
      if (id < 0) return this.#add(start, end - start, hash, slot)
      const at = id * FIELDS
      if (written[at + HASH] === hash && written[at + LENGTH] === end - start) {
        const back = (written[at] as number) - start
        let i = start
        while (i < end && bytes[i + back] === bytes[i]) i++
        if (i === end) return id
      }
      slot = (slot + 1) & mask
    }
    return -1
  }

  #same(start: number, other: number, length: number): boolean {
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[other + i]) return false
    return true
  }

  #add(start: number, length: number, hash: number, slot: number): number {
    const colon = this.#colonOf(start, length)
    if (colon === WRONG_NAME) return -1
    const declares = this.#declaredBy(start, length, colon)
    const prefix = colon < 0 ? 0 : this.#prefixAt(start, colon)
    if (prefix < 0 || declares < -1) return -1
    const id = this.#written.length / FIELDS
    this.#written.push(start, length, hash, prefix, colon, declares, -1)
    this.#slots[slot] = id + 1
    if (id * 2 > this.#slots.length) this.#rehash()
    return id
  }

  /** Where the colon of a qualified name is; -1 when there is none. */
  #colonOf(start: number, length: number): number {
    const ascii = colonOfAscii(this.#bytes, start, start + length)
    if (ascii !== NOT_ASCII) return length > XML_LIMITS.nameLength ? WRONG_NAME : ascii
    if (length > XML_LIMITS.nameLength * 3) return WRONG_NAME
    const text = this.#bytes.toString('utf8', start, start + length)
    if (text.length > XML_LIMITS.nameLength || !isQName(text)) return WRONG_NAME
    return this.#bytes.subarray(start, start + length).indexOf(COLON)
  }

  /** The prefix that an attribute of this name declares; -1 when it declares none, less when there are too many. */
  #declaredBy(start: number, length: number, colon: number): number {
    const isDeclaration = (colon === 5 || (colon < 0 && length === 5)) && isXmlns(this.#bytes, start)
    if (!isDeclaration) return -1
    if (colon < 0) return 0
    const prefix = this.#prefixAt(start + 6, length - 6)
    return prefix < 0 ? -2 : prefix
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4)
    const mask = slots.length - 1
    for (let id = 0; id < this.#written.length / FIELDS; id++) {
      let slot = spread(this.#field(id, HASH)) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = id + 1
    }
    this.#slots = slots
  }

  /** The number of a prefix; -1 when there are too many. */
  #prefixAt(start: number, length: number): number {
    if (length === 3 && isXml(this.#bytes, start)) return XML
    const prefixes = this.#prefixes
    for (let at = 4; at < prefixes.length; at += 2) {
      if (prefixes[at + 1] === length && this.#same(prefixes[at] as number, start, length)) return at / 2
    }
    if (prefixes.length / 2 === MOST) return -1
    this.#bindings.push(UNBOUND)
    return (prefixes.push(start, length) - 2) / 2
  }

  declares(written: number): number {
    return this.#written[written * FIELDS + DECLARES] as number
  }

  /** The number of an element's name in the namespace that its prefix stands for here. */
  element(written: number): number {
    const table = this.#written
    const namespace = this.#bindings[table[written * FIELDS + PREFIX] as number] as number
    const last = table[written * FIELDS + LAST] as number
    if (last >= 0 && this.#names[last * NAME_FIELDS + NAMESPACE] === namespace) return last
    return this.#inOther(written, namespace, last)
  }

  /** The default namespace does not apply to attributes (Namespaces in XML section 6.2). */
  attribute(written: number): number {
    const prefix = this.#written[written * FIELDS + PREFIX] as number
    const namespace = prefix === 0 ? NO_NAMESPACE : (this.#bindings[prefix] as number)
    const last = this.#written[written * FIELDS + LAST] as number
    if (last >= 0 && this.#names[last * NAME_FIELDS + NAMESPACE] === namespace) return last
    return this.#inOther(written, namespace, last)
  }

  /** A name in a namespace that is not the one it was in last. */
  #inOther(written: number, namespace: number, last: number): number {
    if (namespace === UNBOUND) return -1
    const names = this.#names
    let steps = 0
    let id = last
    while (id >= 0 && names[id * NAME_FIELDS + NAMESPACE] !== namespace) {
      if (++steps === MOST) return -1
      id = names[id * NAME_FIELDS + EARLIER] as number
    }
    if (id >= 0) return id
    id = this.count++
    names.push(written, namespace, last)
    this.#written[written * FIELDS + LAST] = id
    return id
  }

  /** Whether two names are the same in their namespaces. */
  same(name: number, other: number): boolean {
    if (name === other) return true
    const names = this.#names
    if (names[name * NAME_FIELDS + NAMESPACE] !== names[other * NAME_FIELDS + NAMESPACE]) return false
    return this.local(name) === this.local(other)
  }

  /** Whether a name cannot be the target of a processing instruction. */
  isReserved(written: number): boolean {
    return this.#field(written, COLON_AT) >= 0 || /^xml$/i.test(this.#text(written, 0, this.#field(written, LENGTH)))
  }

  /** Binds a prefix until {@link leave}; false when Namespaces in XML 1.0 forbids it. `scope` is that of the element. */
  declare(prefix: number, namespace: string, scope: number): boolean {
    if (namespace === XMLNS_NAMESPACE || (prefix === XML) !== (namespace === XML_NAMESPACE)) return false
    if (prefix !== 0 && (namespace === '' || this.#isXmlnsPrefix(prefix))) return false
    const before = this.#before
    if (before.length - scope >= XML_LIMITS.declarations * 2) return false
    for (let i = scope; i < before.length; i += 2) if (before[i] === prefix) return false
    let id = this.#namespaces.indexOf(namespace)
    if (id < 0) {
      if (this.#namespaces.length === MOST) return false
      id = this.#namespaces.push(namespace) - 1
    }
    this.scope = before.push(prefix, this.#bindings[prefix] as number)
    this.#bindings[prefix] = id
    return true
  }

  #isXmlnsPrefix(prefix: number): boolean {
    return this.#prefixes[prefix * 2 + 1] === 5 && isXmlns(this.#bytes, this.#prefixes[prefix * 2] as number)
  }

  /** Ends the declarations made since `scope`. */
  leave(scope: number): void {
    const before = this.#before
    while (before.length > scope) {
      const namespace = before.pop() as number
      this.#bindings[before.pop() as number] = namespace
    }
    this.scope = scope
  }
}

/** Names that differ in their last letters only have neighbouring hashes. */
const spread = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> 8

const isXml = (bytes: Buffer, at: number): boolean =>
  bytes[at] === 0x78 && bytes[at + 1] === 0x6d && bytes[at + 2] === 0x6c

const isXmlns = (bytes: Buffer, at: number): boolean =>
  isXml(bytes, at) && bytes[at + 3] === 0x6e && bytes[at + 4] === 0x73
