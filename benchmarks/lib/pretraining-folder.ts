/** What a training of `pnpm bench:pretraining` depends on. */
export interface PretrainingSettings {
  /** Network and start, such as `plain-pretrained`. */
  readonly name: string
  /** Side of the input in pixels. */
  readonly size: number
  readonly epochs: number
  /** Faces that the network is trained on. */
  readonly faces: number
  /** Synthetic faces that its first weights were trained on; 0 for random weights. */
  readonly synthetic: number
  readonly seed: number
}

/** Names the folder of a training. A finished training is not repeated, so that each setting is part of the name. */
export function namePretrainingFolder(settings: PretrainingSettings): string {
  const { name, size, epochs, faces, synthetic, seed } = settings
  const start = synthetic > 0 ? `-after-${synthetic}-synthetic` : ''
  return `${name}-${size}px-${epochs}-epochs-${faces}-faces${start}-seed-${seed}`
}
