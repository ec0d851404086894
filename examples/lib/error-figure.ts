import type { KeypointScheme, Keypoints } from '@facekp/core'
import { type PartError, type Prediction, partErrorsPx, pointErrorsPx } from '@facekp/trainer'
import { errorMap } from '@facekp/viz'
import type { NamedPlot } from './results.ts'

/** The errors of the parts over faces, and the picture of those of points and parts on the mean face. */
export async function errorFigure(
  faces: readonly Prediction[],
  scheme: KeypointScheme,
  meanFace: Keypoints,
): Promise<{ readonly partErrors: readonly PartError[]; readonly figure: NamedPlot }> {
  const pointErrors = pointErrorsPx(faces)
  const partErrors = partErrorsPx(pointErrors, scheme)
  return {
    partErrors,
    figure: {
      name: 'errors',
      figure: await errorMap({ scheme, meanShape: meanFace, pointErrorsPx: pointErrors, partErrors }),
      caption:
        'Error by point, on the mean face of the training pictures, and by part; left and right are the person’s.',
    },
  }
}
