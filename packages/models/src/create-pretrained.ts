import { type CreateModelOptions, createModel as create, type PretrainedModel } from './create-model.ts'
import { type LoadedWeights, loadWeights } from './load-weights.ts'
import type { ModelName } from './registry.ts'

/**
 * Makes a network by its name with pretrained weights, in one call: `createModel` of `@facekp/models`, then {@link loadWeights}.
 *
 * @param options those of `createModel`, and `weights`: a name of `WEIGHT_SOURCES`, an address, a file or bytes, as `loadWeights`
 *   takes them
 * @returns the network beside what became of each weight; where `missing` is not empty, a part of the network is not pretrained
 * @throws FacekpError what `createModel` throws, before anything is fetched, and what `loadWeights` throws
 * @example
 * ```ts
 * const { model, missing, unused, license } = await createModel('resnet50', { weights: 'torchvision/resnet50.imagenet1k_v1' })
 * ```
 */
export async function createModel(
  name: ModelName,
  { weights, ...options }: CreateModelOptions & { readonly weights: string | URL | Uint8Array },
): Promise<PretrainedModel & LoadedWeights> {
  const model = create(name, options)
  try {
    return { model, ...(await loadWeights(model, weights)) }
  } catch (error) {
    model.dispose()
    throw error
  }
}
