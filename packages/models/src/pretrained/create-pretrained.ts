import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tfl from '@tensorflow/tfjs-layers'
import { createModel as buildModel, type CreateModelOptions, type PretrainedModel } from '../create-model.ts'
import type { ModelName } from '../registry.ts'
import { type LoadedWeights, loadWeights } from './load-weights.ts'

/**
 * Makes a network by its name with pretrained weights: `createModel` of `@facekp/models`, then {@link loadWeights}.
 *
 * @param createOptions those of `createModel`, and `weights`: a name of `WEIGHT_SOURCES`, a URL, a path or bytes, as in `loadWeights`. The
 *   preprocessing of a named source or a saved model is stored in the model unless option `preprocessing` replaces it
 * @returns the network, and what happened to each weight; if `missingKeys` is not empty, a part of the network is not pretrained
 * @throws FacekpError what `createModel` throws, before anything is downloaded, and what `loadWeights` throws
 * @example
 * ```ts
 * const { model, missingKeys, license } = await createModel('resnet50', { weights: 'torchvision/resnet50.imagenet1k_v1' })
 * ```
 */
export async function createModel(
  name: ModelName,
  createOptions: CreateModelOptions & { readonly weights: string | URL | Uint8Array },
): Promise<PretrainedModel & LoadedWeights> {
  checkArgument(KINDS.object, createOptions, 'createOptions', 'createModel')
  const { weights, ...options } = createOptions
  const model: tfl.LayersModel = buildModel(name, options)
  const { preprocessing } = options
  try {
    return { model, ...(await loadWeights(model, weights, preprocessing === undefined ? {} : { preprocessing })) }
  } catch (error) {
    model.dispose()
    throw error
  }
}
