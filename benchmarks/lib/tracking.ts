import { IBUG_68, type Image, translation, warpSample } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import type { NamedLandmarker } from './landmarkers.ts'
import { mean, median } from './peer.ts'

/** Times of the frames of a video, in milliseconds. */
export interface TrackingResult {
  readonly landmarker: string
  readonly frames: number
  /** Number of frames in which a face was found. */
  readonly withFace: number
  readonly medianMs: number
  /** Includes the frames in which the detector runs. */
  readonly meanMs: number
}

const SIZE = { width: 640, height: 480 }
const FRAMES = 60
const ROUNDS = 3

/** Draws a face of 640 x 480 pixels that moves to the right and back. */
export async function drawVideo(): Promise<Image[]> {
  const face = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...SIZE }).get(0)
  return Array.from({ length: FRAMES }, (_, i) => {
    const x = 30 * Math.sin((2 * Math.PI * i) / FRAMES)
    return warpSample(face, translation(x, 0), SIZE).image
  })
}

/** Follows the face of a video by each landmarker, in turn; a landmarker that cannot track detects in each frame. */
export async function measureTracking(
  landmarkers: readonly NamedLandmarker[],
  frames: readonly Image[],
): Promise<TrackingResult[]> {
  const runs = landmarkers.map(() => ({ ms: [] as number[], withFace: 0 }))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, landmarker] of landmarkers.entries()) {
      const run = runs[k] as { ms: number[]; withFace: number }
      let start = performance.now()
      for await (const faces of followFaces(landmarker, frames)) {
        run.ms.push(performance.now() - start)
        if (faces.length > 0) run.withFace++
        start = performance.now()
      }
    }
  }
  return landmarkers.map(({ name }, k) => {
    const { ms, withFace } = runs[k] as { ms: number[]; withFace: number }
    return { landmarker: name, frames: ms.length, withFace, medianMs: median(ms), meanMs: mean(ms) as number }
  })
}

async function* followFaces(
  { detect, track }: NamedLandmarker,
  frames: readonly Image[],
): AsyncGenerator<readonly object[]> {
  if (track) for await (const { faces } of track(frames)) yield faces
  else for (const frame of frames) yield await detect(frame)
}
