/** Stretches or folds bytes to a length: copies, each turned right by 13 bits, are added with end-around carry (RFC 3961, 5.1). */
export function nFold(bytes: Buffer, length: number): Buffer {
  const whole = leastCommonMultiple(bytes.length, length)
  const sum = Buffer.alloc(length)
  for (let at = 0; at < whole; at += length) addOnes(sum, piece(bytes, at, length))
  return sum
}

const piece = (bytes: Buffer, at: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => turned(bytes, at + i)))

/** The byte at a place of all copies one after another: two neighbours, since a turn by 13 bits splits bytes. */
function turned(bytes: Buffer, place: number): number {
  const copy = Math.floor(place / bytes.length)
  const bits = bytes.length * 8
  const from = ((((place % bytes.length) * 8 - 13 * copy) % bits) + bits) % bits
  const at = from >> 3
  const split = from & 7
  return (((bytes[at] ?? 0) << split) | ((bytes[(at + 1) % bytes.length] ?? 0) >> (8 - split))) & 0xff
}

/** Ones' complement addition in place. */
function addOnes(sum: Buffer, addend: Buffer): void {
  let carry = 0
  for (let i = sum.length - 1; i >= 0; i--) {
    const total = (sum[i] ?? 0) + (addend[i] ?? 0) + carry
    sum[i] = total & 0xff
    carry = total >> 8
  }
  for (let i = sum.length - 1; carry > 0 && i >= 0; i--) {
    const total = (sum[i] ?? 0) + carry
    sum[i] = total & 0xff
    carry = total >> 8
  }
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return (a * b) / x
}
