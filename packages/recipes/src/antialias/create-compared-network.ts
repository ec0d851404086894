import { createModel, getPreprocessing, setPreprocessing } from '@facekp/models'
import * as tfl from '@tensorflow/tfjs-layers'
import { createNetwork } from '../recipe/create-network.ts'
import type { AntialiasVariant } from './comparison.ts'

/**
 * Builds ResNet-18 with a head of the comparison.
 *
 * @param size side of the input in pixels; head `heatmaps` needs a multiple of 32
 * @returns [batch, size, size, 1] -> [batch, 2 numKeypoints], relative coordinates. The weights that networks have in common are the same
 *   for the same seed.
 * @throws FacekpError `MODEL_OPTIONS` if the head does not support the size
 */
export function createComparedNetwork(
  { head, network, seed }: Omit<AntialiasVariant, 'start'>,
  { size, numKeypoints }: { readonly size: number; readonly numKeypoints: number },
): tfl.LayersModel {
  const antialias = network === 'antialiased'
  const recipe = { arch: 'resnet18', size, antialias } as const
  if (head === 'pooled') return createNetwork(recipe, { numKeypoints, seed })
  if (head === 'heatmaps') return createNetwork({ ...recipe, head }, { numKeypoints, seed })
  const backbone = createModel('resnet18', {
    inputSize: size,
    head: false,
    seed,
    antialias: antialias && { filterSize: 4 },
  })
  const flat = tfl.layers.flatten({ name: 'flatten' }).apply(backbone.getLayer('layer4.1.relu').output)
  const dense = tfl.layers.dense({
    name: 'fc',
    units: 2 * numKeypoints,
    // As the dense layer after pooling. TensorFlow.js treats seed 0 as no seed.
    kernelInitializer: tfl.initializers.randomNormal({ mean: 0, stddev: 0.01, seed: seed + 1 }),
    biasInitializer: tfl.initializers.constant({ value: 0.5 }),
  })
  const outputs = dense.apply(flat) as tfl.SymbolicTensor
  const model = tfl.model({ name: 'resnet18_flattened', inputs: backbone.inputs, outputs })
  setPreprocessing(model, getPreprocessing(backbone))
  return model
}

/** Copies the weights of a network to one whose layers with weights have the same names and shapes. */
export function copyWeights(source: tfl.LayersModel, target: tfl.LayersModel): void {
  for (const layer of source.layers) {
    if (layer.weights.length > 0) target.getLayer(layer.name).setWeights(layer.getWeights())
  }
}
