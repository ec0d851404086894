import { existsSync } from 'node:fs'
import { FacekpError } from '@facekp/core'
import { type NamedTensor, readTensors } from '@facekp/weights'
import { type FetchWeightsOptions, fetchWeights, readTensorFile } from '@facekp/weights/node'
import type * as tf from '@tensorflow/tfjs'
import { type AssignedWeights, assignWeights } from './assign-weights.ts'
import { WEIGHT_SOURCES } from './weight-sources.ts'

/** What became of every weight, and where they came from. */
export interface LoadedWeights extends AssignedWeights {
  /** The file that was read; undefined where the source was bytes. */
  readonly file?: string
  /** The terms of weights that are loaded by the name of a source. */
  readonly license?: string
}

/**
 * Gives a model pretrained weights, by their names, as {@link assignWeights} does.
 *
 * @param source the name of one of `WEIGHT_SOURCES`, which is fetched into the cache; an address of http or https, likewise; bytes of a
 *   safetensors or PyTorch file; or else the path of such a file, of a `model.json` or of its folder
 * @param options how a source is fetched, `sha256` among them; what a named source tells itself need not be given
 * @throws FacekpError `MODEL_WEIGHTS_UNKNOWN` (neither a name nor a file), and what `fetchWeights`, `readTensorFile` and `assignWeights` throw. Without a net, the error tells where to put the
 *   file by hand
 * @example
 * ```ts
 * const { missing, unused, license } = await loadWeights(model, 'torchvision/resnet18.imagenet1k_v1')
 * await loadWeights(model, 'runs/resnet18/best.pth')
 * ```
 */
export async function loadWeights(
  model: tf.LayersModel,
  source: string | URL | Uint8Array,
  options: FetchWeightsOptions = {},
): Promise<LoadedWeights> {
  if (source instanceof Uint8Array) return assignWeights(model, readTensors(source))
  const named = WEIGHT_SOURCES.find(({ name }) => name === source)
  if (named) {
    const { url, sha256, license } = named
    const file = await fetchWeights(url, {
      label: `${named.name} (${license})`,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...options,
    })
    return { ...assign(model, await readTensorFile(file), file), license }
  }
  const remote = source instanceof URL || /^https?:\/\//.test(source)
  if (!remote && !existsSync(source)) throw unknown(source)
  const file = remote ? await fetchWeights(source, options) : source
  return assign(model, await readTensorFile(file), file)
}

function assign(model: tf.LayersModel, tensors: readonly NamedTensor[], file: string): LoadedWeights {
  return { ...assignWeights(model, tensors, file), file }
}

function unknown(source: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_UNKNOWN',
    problem: 'no weights are known by this name, and there is no such file',
    received: source,
    expected: `a path, an address of https, or one of ${WEIGHT_SOURCES.map(({ name }) => name).join(', ')}`,
  })
}
