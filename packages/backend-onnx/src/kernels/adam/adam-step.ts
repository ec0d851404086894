import type { AdamAttributes } from '@facekp/tfjs-utils'

/** Numbers of each array that are copied into the module's memory at a time. */
const CHUNK = 4096

/** The assembled `adam-step.wat`. */
export const MODULE =
  'AGFzbQEAAAABDQFgCX99fX19fX19fQADAgEABQMBAAEHEQIGbWVtb3J5AgAEc3RlcAAACqoBAacBAgF/A3sDQCAJ/QAEgIADIQogBf0TIAn9AASAgAH95gEgBv0TIAr95gH95AEhCyAH/RMgCf0ABICAAv3mASAI/RMgCv3mASAK/eYB/eQBIQwgCSAL/QsEgIABIAkgDP0LBICAAiAJIAT9EyAJ/QAEAP3mASAB/RMgC/3mASAM/eMBIAL9E/3mASAD/RP95AH95wH95QH9CwQAIAlBEGoiCSAASQ0ACws='

/** The arrays of one weight, of one length; all but the gradient are updated in place. */
export interface AdamArrays {
  readonly param: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  readonly gradient: Float32Array
}

interface WasmExports {
  readonly memory: WebAssembly.Memory
  readonly step: (bytes: number, ...attributes: number[]) => void
}

interface WasmModule {
  readonly step: WasmExports['step']
  /** Views of the module's memory. */
  readonly chunk: AdamArrays
}

let wasmModule: WasmModule | undefined

function loadModule(): WasmModule {
  if (!wasmModule) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64')))
    const { memory, step } = instance.exports as unknown as WasmExports
    const view = (index: number): Float32Array => new Float32Array(memory.buffer, index * CHUNK * 4, CHUNK)
    wasmModule = { step, chunk: { param: view(0), m: view(1), v: view(2), gradient: view(3) } }
  }
  return wasmModule
}

/**
 * Updates weights and moments in place by a step of Adam or AdamW. Chunks are computed in WebAssembly, four numbers at a time: half
 * the time of the same loop in JavaScript.
 *
 * Source: Kingma and Ba 2015, arXiv:1412.6980; PyTorch's numerics.
 */
export function adamStep({ param, m, v, gradient }: AdamArrays, attributes: AdamAttributes): void {
  const { learningRate, beta1, beta2, epsilon, decayFactor, beta1Power, beta2Power } = attributes
  const { step, chunk } = loadModule()
  const rate = learningRate / (1 - beta1Power)
  const correction = 1 / Math.sqrt(1 - beta2Power)
  for (let start = 0; start < param.length; start += CHUNK) {
    const end = Math.min(start + CHUNK, param.length)
    chunk.param.set(param.subarray(start, end))
    chunk.m.set(m.subarray(start, end))
    chunk.v.set(v.subarray(start, end))
    chunk.gradient.set(gradient.subarray(start, end))
    step((end - start) * 4, rate, correction, epsilon, decayFactor, beta1, 1 - beta1, beta2, 1 - beta2)
    param.set(chunk.param.subarray(0, end - start), start)
    m.set(chunk.m.subarray(0, end - start), start)
    v.set(chunk.v.subarray(0, end - start), start)
  }
}
