const BLOCK = 64

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8. */
const ROUND_CONSTANTS = listPrimes(64).map((prime) => takeFraction(Math.cbrt(prime)))
const INITIAL_HASH = listPrimes(8).map((prime) => takeFraction(Math.sqrt(prime)))

/**
 * Computes the SHA-256 of bytes. The browser's own is asynchronous, and missing on pages without HTTPS.
 *
 * Source: NIST FIPS 180-4, Secure Hash Standard, 2015.
 *
 * @returns 64 hexadecimal digits
 */
export function computeSha256(bytes: Uint8Array): string {
  const message = pad(bytes)
  const hash = Int32Array.from(INITIAL_HASH)
  for (let start = 0; start < message.byteLength; start += BLOCK) addBlock(hash, message, start)
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** Appends a bit of 1, zeros, and the length in bits as 64-bit integer, up to a multiple of 64 bytes. */
function pad(bytes: Uint8Array): DataView {
  const length = BLOCK * Math.ceil((bytes.length + 9) / BLOCK)
  const padded = new Uint8Array(length)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n)
  return view
}

function addBlock(hash: Int32Array, message: DataView, start: number): void {
  const words = scheduleWords(message, start)
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < BLOCK; i++) {
    const sumE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const first = (h + sumE + choice + (ROUND_CONSTANTS[i] as number) + (words[i] as number)) | 0
    const sumA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + sumA + majority) | 0
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i] as number) + word
}

function scheduleWords(message: DataView, start: number): Int32Array {
  const words = new Int32Array(BLOCK)
  for (let i = 0; i < BLOCK; i++) {
    if (i < 16) {
      words[i] = message.getInt32(start + 4 * i)
      continue
    }
    const [x, y] = [words[i - 15] as number, words[i - 2] as number]
    const small = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)
    const large = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10)
    words[i] = (words[i - 16] as number) + small + (words[i - 7] as number) + large
  }
  return words
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function takeFraction(value: number): number {
  return Math.floor((value % 1) * 2 ** 32)
}

function listPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
}
