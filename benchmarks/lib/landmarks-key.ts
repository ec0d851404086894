/** What a training of `pnpm landmarks` depends on. */
export interface LandmarksTraining {
  readonly title: string
  readonly overrides: readonly string[]
  readonly seed: number
  readonly epochs: number
  readonly settings: { readonly arch: string; readonly size: number; readonly weights: string }
}

/** Returns what is the same for trainings with the same settings, in the order of the tables. */
export function getLandmarksKey({ title, overrides, seed, epochs, settings }: LandmarksTraining): string {
  const { arch, size, weights } = settings
  return [title, ...overrides, seed, epochs, arch, size, weights].join()
}

/** Names a training in a table; the overrides are in the command below it. */
export function describeLandmarksRun({ title, overrides }: Pick<LandmarksTraining, 'title' | 'overrides'>): string {
  const name = title.replace('Landmarks: ', '')
  return overrides.length > 0 ? `${name}, ${overrides.length} overrides` : name
}
