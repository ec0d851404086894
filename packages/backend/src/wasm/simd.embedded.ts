import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { deflateRawSync } from 'node:zlib'

const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')
const binary = readFileSync(file)
const hash = createHash('sha256').update(binary).digest('hex')
if (hash !== '77ebb28a6d34f371dbbf2086b7f2de8994acd8ea5a3cf1fa24d2c26c840cac7b')
  throw new Error(`${file} has changed (SHA-256 ${hash}): review it, then write its hash here`)

/**
 * The WebAssembly of `@tensorflow/tfjs-backend-wasm` 4.22.0 (Apache-2.0), SIMD on one thread: raw deflate, in base64. The sources read it
 * from that package; the build replaces this module by its content.
 */
export const SIMD_BINARY: string = deflateRawSync(binary, { level: 9 }).toString('base64')
