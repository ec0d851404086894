/** Kernel of a backend that computes a step of Adam or AdamW in one pass: inputs `param`, `m`, `v` and `gradient`. */
export const ADAM_KERNEL = 'FacekpAdam'

/** Attributes of the kernel {@link ADAM_KERNEL}. */
export interface AdamAttributes {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Factor of each weight before its update: 1 for Adam, 1 - learningRate * weightDecay for AdamW. */
  readonly decayFactor: number
  /** beta1 to the power of the step, which counts from 1. */
  readonly beta1Power: number
  /** beta2 to the power of the step, which counts from 1. */
  readonly beta2Power: number
}
