/**
 * RC2 (RFC 2268), reading only: what programs until about 2018 wrote around the certificates of a PKCS#12 file, and what
 * OpenSSL 3 no longer has.
 */
export function decryptRc2Cbc(key: Buffer, iv: Buffer, data: Buffer, effectiveBits: number): Buffer {
  const words = expandKey(key, effectiveBits)
  const plain = Buffer.alloc(data.length)
  let previous = iv
  for (let at = 0; at + 8 <= data.length; at += 8) {
    const block = data.subarray(at, at + 8)
    decryptBlock(words, block, plain.subarray(at, at + 8))
    for (let i = 0; i < 8; i++) plain[at + i] = (plain[at + i] ?? 0) ^ (previous[i] ?? 0)
    previous = block
  }
  return plain
}

/** The first 256 digits of pi, as RFC 2268 section 2 lists them. */
const PI = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32' +
    'bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a' +
    '961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e' +
    'c5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)

function expandKey(key: Buffer, effectiveBits: number): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  for (let i = key.length; i < 128; i++) bytes[i] = PI[((bytes[i - 1] ?? 0) + (bytes[i - key.length] ?? 0)) & 0xff] ?? 0
  const size = Math.ceil(effectiveBits / 8)
  const mask = 0xff >> (8 * size - effectiveBits)
  bytes[128 - size] = PI[(bytes[128 - size] ?? 0) & mask] ?? 0
  for (let i = 127 - size; i >= 0; i--) bytes[i] = PI[(bytes[i + 1] ?? 0) ^ (bytes[i + size] ?? 0)] ?? 0
  return Uint16Array.from({ length: 64 }, (_, i) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8))
}

const ROTATIONS = [1, 2, 3, 5]

function decryptBlock(words: Uint16Array, block: Buffer, out: Buffer): void {
  const r = [block.readUInt16LE(0), block.readUInt16LE(2), block.readUInt16LE(4), block.readUInt16LE(6)]
  const get = (i: number): number => r[i & 3] ?? 0
  let next = 63
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const turn = ROTATIONS[i] ?? 0
      const turned = (get(i) >> turn) | (get(i) << (16 - turn))
      const mixed = (words[next--] ?? 0) + (get(i + 3) & get(i + 2)) + (~get(i + 3) & get(i + 1))
      r[i] = (turned - mixed) & 0xffff
    }
    if (round === 11 || round === 5)
      for (let i = 3; i >= 0; i--) r[i] = (get(i) - (words[get(i + 3) & 63] ?? 0)) & 0xffff
  }
  for (let i = 0; i < 4; i++) out.writeUInt16LE(get(i), 2 * i)
}
