/** Of kernel `FacekpAdam`, as the trainer's optimizer tells them. */
export interface AdamAttributes {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** What of each weight is left by its decay: 1 for Adam, less for AdamW. */
  readonly kept: number
  /** beta1 and beta2 to the power of the step, the first being 1. */
  readonly beta1Power: number
  readonly beta2Power: number
}
