import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '../checkpoint/durable-file.ts'
import { concat } from '../data/batches.ts'
import { encodeSafetensors } from '../safetensors.ts'
import type { NonFiniteStep, OnNonFinite } from './terminate-on-nan.ts'

/**
 * Keeps the batch of a step that is not finite: what `train` takes as `onNonFinite`. The folder is made. Two files are written, each
 * to a new file that is renamed:
 *
 * - `non-finite-step-00000012.safetensors`: `images` [batch, height, width, channels] as the network saw them, `targets` and
 *   `labeled` [batch, 2 N];
 * - `non-finite-step-00000012.json`: `epoch`, `step`, `seed`, `what` (`loss` or `gradients`) and `batches`, of each the samples as
 *   `{ index, id }`, so that `createSampleLoader(dataset, transform)({ index, seed, epoch: samplingEpoch })` makes them again.
 *
 * @example
 * ```ts
 * await train({ ...settings, onNonFinite: nonFiniteWriter('run') })
 * ```
 */
export function nonFiniteWriter(folder: string): OnNonFinite {
  return async ({ batches, ...rest }) => {
    await mkdir(folder, { recursive: true })
    const name = join(folder, `non-finite-step-${String(rest.step).padStart(8, '0')}`)
    const told = batches.map(({ samples, indices }) => samples.map(({ id }, i) => ({ index: indices[i], id })))
    await writeDurably(`${name}.json`, Buffer.from(`${JSON.stringify({ ...rest, batches: told }, null, 2)}\n`))
    await writeDurably(`${name}.safetensors`, encodeSafetensors({}, tensorsOf(batches)))
    return `${name}.safetensors`
  }
}

function tensorsOf(batches: NonFiniteStep['batches']): Parameters<typeof encodeSafetensors>[1] {
  const samples = batches.flatMap((batch) => batch.samples)
  const [first] = samples
  const sides = first ? [first.image.height, first.image.width, first.image.channels] : []
  const points = { shape: [samples.length, first?.keypoints.length ?? 0] }
  return new Map([
    ['images', { shape: [samples.length, ...sides], data: concat(batches.map(({ images }) => images)) }],
    ['targets', { ...points, data: concat(batches.map(({ targets }) => targets)) }],
    ['labeled', { ...points, data: concat(batches.map(({ targetWeights }) => targetWeights)) }],
  ])
}
