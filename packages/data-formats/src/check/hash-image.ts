import type { Image } from '@facekp/core'

/** Hashes size and pixels of an image: SHA-256 in hexadecimal digits, by Web Crypto, which Node and browsers have. */
export async function hashImage({ data, width, height, channels }: Image): Promise<string> {
  const header = new TextEncoder().encode(`${width}x${height}x${channels};`)
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const bytes = new Uint8Array(header.length + pixels.length)
  bytes.set(header)
  bytes.set(pixels, header.length)
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
