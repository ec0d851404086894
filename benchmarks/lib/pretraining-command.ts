/** The options of `pnpm bench:pretraining` that a training came from. */
interface PretrainingRow {
  readonly size: number
  readonly epochs: number
  /** Real faces that it was trained on; 0 if it only saw synthetic ones. */
  readonly faces: number
  /** Synthetic faces that its first weights were trained on; 0 if they are random. */
  readonly synthetic: number
  readonly seed: number
}

/** Lists the commands that trainings came from: those of networks that saw synthetic faces first have all options. */
export function listPretrainingCommands(trainings: readonly PretrainingRow[]): string[] {
  const seeds = new Map<string, Set<number>>()
  for (const { size, epochs, faces, synthetic, seed } of trainings) {
    if (faces === 0 || synthetic === 0) continue
    const command = `pnpm bench:pretraining --size ${size} --epochs ${epochs} --faces ${faces} --synthetic ${synthetic}`
    seeds.set(command, (seeds.get(command) ?? new Set()).add(seed))
  }
  return [...seeds].map(([command, numbers]) => `${command} --seeds ${[...numbers].sort((a, b) => a - b).join()}`)
}
