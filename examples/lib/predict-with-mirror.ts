import { mirror } from '@facekp/augment'
import { type Dataset, mapDataset, randomStream } from '@facekp/core'
import { type Predictions, predict, sourceErrorPx } from '@facekp/trainer'
import type * as tf from '@tensorflow/tfjs'

/** Predicts the points of every face and of its mirror image, and takes the mean of the two. */
export async function predictWithMirror(
  model: tf.LayersModel,
  dataset: Dataset,
): Promise<Pick<Predictions, 'faces' | 'errorPx'>> {
  const mirroring = mirror({ scheme: dataset.scheme })
  const nothingRandom = randomStream({ seed: 0, purpose: 'mirror' })
  const straight = await predict(model, dataset)
  const mirrored = await predict(
    model,
    mapDataset(dataset, (sample) => mirroring.apply(sample, mirroring.draw(nothingRandom, sample))),
  )
  const faces = straight.faces.map(({ sample, points }, i) => {
    const back = mirroring.inverse(mirroring.draw(nothingRandom, sample))
    const other = back((mirrored.faces[i] as (typeof mirrored.faces)[number]).points)
    const mean = points.map((value, at) => (value + (other[at] as number)) / 2)
    return { sample, points: mean, errorPx: sourceErrorPx(sample, mean) }
  })
  return { faces, errorPx: faces.reduce((sum, { errorPx }) => sum + errorPx, 0) / faces.length }
}
