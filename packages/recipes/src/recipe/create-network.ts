import { checkArgument, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createModel, faceNet, noseNet } from '@facekp/models'
import type * as tfl from '@tensorflow/tfjs-layers'
import { frameSize } from '../transforms/limits.ts'
import type { Recipe } from './recipe.ts'

const CREATE_NETWORK_OPTIONS = objectKind({ numKeypoints: KINDS.size, seed: optionalKind(KINDS.seed) })

/**
 * Builds the network of a recipe.
 *
 * @param options.numKeypoints of the scheme
 * @param options.seed of the first weights (default 0)
 * @returns [batch, height, width, 1] -> [batch, 2 numKeypoints], relative coordinates; the caller disposes it
 * @throws FacekpError `MODEL_OPTIONS` if the network does not support the size, head or number of keypoints
 */
export function createNetwork(
  recipe: Pick<Recipe, 'arch' | 'antialias' | 'head' | 'initialization' | 'size'>,
  options: { readonly numKeypoints: number; readonly seed?: number },
): tfl.LayersModel {
  checkArgument(KINDS.object, recipe, 'recipe', 'createNetwork')
  checkArgument(CREATE_NETWORK_OPTIONS, options, 'options', 'createNetwork')
  const { numKeypoints, seed = 0 } = options
  const { arch, antialias, head, initialization } = recipe
  if (initialization && arch === 'noseNet' && numKeypoints === 1) return noseNet({ seed, initialization })
  if (initialization && arch === 'faceNet' && numKeypoints === 58) return faceNet({ seed, initialization })
  const { width, height } = frameSize(recipe)
  return createModel(arch, {
    numKeypoints,
    inputSize: [height, width],
    seed,
    ...(antialias ? { antialias: { filterSize: 4 } } : {}),
    ...(head ? { head } : {}),
  })
}
