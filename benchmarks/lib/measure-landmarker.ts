import { type Dataset, mapDataset, pickKeypoints, pointDistances, selectKeypoints } from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { evaluateLandmarker, type MeanLandmarker } from '@facekp/landmarker'
import { mean } from './peer.ts'

/** A face counts as found if the boxes around its predicted and its target points overlap by more, as intersection over union. */
export const MIN_OVERLAP = 0.4

export interface MeasuredLandmarker {
  /** Mean distance of the points: in pixels, or in % of the distance between the outer eye corners. */
  readonly error: number
  readonly missed: number
  /** Of each face that was not missed, the error of each point in pixels. */
  readonly pointErrorsPx: readonly (readonly number[])[]
}

/** Measures a landmarker end to end, on whole images. */
export async function measureLandmarker(
  landmarker: MeanLandmarker,
  test: Dataset,
  unit: 'px' | '%',
): Promise<MeasuredLandmarker> {
  const detect = { minScore: 0.3 }
  if (test.scheme.pointNames.length === 1) return measureSinglePoint(landmarker, test)
  const { errorPx, nme, missedCount, faces } = await evaluateLandmarker(landmarker, test, {
    detect,
    minOverlap: MIN_OVERLAP,
  })
  const pointErrorsPx = faces.flatMap(({ pointErrorsPx: errors }) => (errors ? [errors] : []))
  return { error: unit === 'px' ? errorPx.value : 100 * nme.value, missed: missedCount, pointErrorsPx }
}

/** Measures the only point of a scheme, which has no size that errors could be divided by, on the best face of each image. */
async function measureSinglePoint(landmarker: MeanLandmarker, test: Dataset): Promise<MeasuredLandmarker> {
  const errors: number[] = []
  for (let i = 0; i < test.length; i++) {
    const { image, keypoints } = await test.get(i)
    const [face] = (await landmarker.detect(image, { minScore: 0.3 })).faces
    if (face) errors.push(pointDistances(face.points, keypoints)[0] as number)
  }
  return {
    error: mean(errors) as number,
    missed: test.length - errors.length,
    pointErrorsPx: errors.map((error) => [error]),
  }
}

/** Keeps only the nose point of IMM's 58. */
export function pickNose(dataset: Dataset): Dataset {
  const scheme = pickKeypoints(dataset.scheme, 'nose', [IMM_NOSE])
  return mapDataset(dataset, (sample) => selectKeypoints(sample, [IMM_NOSE]), scheme)
}
