import type { RunErrors } from '@facekp/recipes'

/** A test face and how large its error is among those of the run. */
export interface RankedError {
  readonly face: RunErrors['faces'][number]
  /** Its error as a fraction of the largest. */
  readonly share: number
}

/** Ranks faces by NME, or in pixels if a run has no NME, the largest error first. Faces without NME come last if others have one. */
export function rankErrors(faces: RunErrors['faces']): RankedError[] {
  const isNormalized = faces.some(({ nme }) => nme !== undefined)
  const measured = faces.map((face) => ({ face, error: isNormalized ? (face.nme ?? 0) : face.errorPx }))
  const largest = Math.max(...measured.map(({ error }) => error))
  return measured
    .toSorted((a, b) => b.error - a.error)
    .map(({ face, error }) => ({ face, share: largest > 0 ? error / largest : 0 }))
}
