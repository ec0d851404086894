import { decodeBase64 } from '@facekp/base64'
import * as tf from '@tensorflow/tfjs-core'
import { type Candidate, Unavailable } from '../backend.ts'
import { registerWasmKernels } from '../kernels/wasm/register.ts'
import { type Importer, importOptional } from '../load-module.ts'

/** Name that TensorFlow.js requests the WebAssembly by. It is never fetched: {@link startWasm} answers with the embedded one. */
const EMBEDDED = 'facekp:tfjs-backend-wasm-simd.wasm'

/**
 * Describes WebAssembly in a page. Its binary is part of this package, so that no bundler has to find a file and no server has to serve
 * it. It runs on one thread: TensorFlow.js starts threads by scripts of blobs, which a strict Content-Security-Policy forbids.
 */
export function wasmOfPage(load: Importer): Candidate {
  return {
    backend: 'wasm',
    package: '@tensorflow/tfjs-backend-wasm',
    async load() {
      const module = await importOptional('@tensorflow/tfjs-backend-wasm', load)
      registerWasmKernels()
      // Not `findBackend`, which would start it without its binary.
      const isStarted = 'wasm' in tf.engine().registry
      if (!(await (isStarted ? tf.setBackend('wasm') : startWasm(module as unknown as WasmModule)))) {
        throw new Unavailable(
          'its WebAssembly does not start',
          "the Content-Security-Policy must allow script-src 'wasm-unsafe-eval'; see the log above",
        )
      }
      return 'WebAssembly, one thread'
    },
  }
}

type WasmModule = Pick<typeof import('@tensorflow/tfjs-backend-wasm'), 'setWasmPaths'>

/** Initializes backend wasm by the embedded binary. */
async function startWasm({ setWasmPaths }: WasmModule): Promise<boolean> {
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Unavailable('the browser has no SIMD in WebAssembly', 'use a browser of 2023 or later')
  }
  const binary = await readBinary()
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  const names = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm']
  setWasmPaths(Object.fromEntries(names.map((name) => [name, EMBEDDED])), true)
  const { platform } = tf.env()
  const originalFetch = platform.fetch
  platform.fetch = async (path, options) =>
    path === EMBEDDED ? new Response(binary) : originalFetch.call(platform, path, options)
  try {
    return await tf.setBackend('wasm')
  } finally {
    platform.fetch = originalFetch
  }
}

/** Decompresses the embedded binary. */
async function readBinary(): Promise<ArrayBuffer> {
  const { SIMD_BINARY } = await import('./simd.embedded.ts')
  const stream = new Blob([decodeBase64(SIMD_BINARY)]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(stream).arrayBuffer()
}
