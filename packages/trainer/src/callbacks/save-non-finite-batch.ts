import { join } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { writeFileAtomic } from '@facekp/files'
import { encodeSafetensors, type PlainTensor } from '@facekp/weights'
import { concat } from '../data/batches.ts'
import type { NonFiniteStep, OnNonFinite } from './terminate-on-nan.ts'

/**
 * Creates a handler that saves the batch of a non-finite step, for option `onNonFinite` of `train`. The folder is created if it is
 * missing; each of the two files is written completely or not at all:
 *
 * - `non-finite-step-00000012.safetensors`: `images` [batch, height, width, channels] as the network received them, `targets` and
 *   `targetWeights` [batch, 2 N];
 * - `non-finite-step-00000012.json`: `epoch`, `step`, `seed`, `what` (`loss` or `gradients`) and `batches`: the samples of each as
 *   `{ index, id }`, so that `createSampleLoader(dataset, transform)({ index, seed, epoch: samplingEpoch })` creates them again.
 */
export function saveNonFiniteBatch(folder: string): OnNonFinite {
  checkArgument(KINDS.path, folder, 'folder', 'saveNonFiniteBatch')
  return async ({ batches, ...step }) => {
    const name = join(folder, `non-finite-step-${String(step.step).padStart(8, '0')}`)
    const samples = batches.map((batch) => batch.samples.map(({ id }, i) => ({ index: batch.indices[i], id })))
    await writeFileAtomic(`${name}.json`, `${JSON.stringify({ ...step, batches: samples }, null, 2)}\n`)
    await writeFileAtomic(`${name}.safetensors`, encodeSafetensors(toTensors(batches)))
    return `${name}.safetensors`
  }
}

function toTensors(batches: NonFiniteStep['batches']): ReadonlyMap<string, PlainTensor> {
  const samples = batches.flatMap((batch) => batch.samples)
  const points = [samples.length, samples[0]?.keypoints.length ?? 0]
  const images = concat(batches.map((batch) => batch.images))
  const imageShape = batches[0]?.imageShapes[0] ?? []
  return new Map([
    ['images', { shape: [samples.length, ...imageShape], data: images }],
    ['targets', { shape: points, data: concat(batches.map(({ targets }) => targets)) }],
    ['targetWeights', { shape: points, data: concat(batches.map(({ targetWeights }) => targetWeights)) }],
  ])
}
