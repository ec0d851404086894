import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { disposeVariablesOnError } from '../layers/dispose-variables-on-error.ts'
import { checkTopology } from './check-topology.ts'

type LayerVariable = ReturnType<tfl.layers.Layer['addWeight']>
type AddWeight = (this: tfl.layers.Layer, name: string, shape: readonly number[], ...rest: unknown[]) => LayerVariable

interface NamedTensor {
  readonly name: string
  readonly tensor: tf.Tensor
}

/**
 * Builds a model from what its files contain. If it fails, no tensor is left.
 *
 * Its layers create at most as many numbers as the files contain, so that a small file cannot take any amount of memory before its
 * weights turn out to be missing.
 *
 * @throws Error if the topology is invalid or its weights are not those of the files
 */
export async function buildModel(artifacts: tf.io.ModelArtifacts): Promise<tfl.LayersModel> {
  const { trainingConfig, userDefinedMetadata } = artifacts
  checkTopology(artifacts.modelTopology)
  const created: LayerVariable[] = []
  let model: tfl.LayersModel | undefined
  try {
    model = await createLayers(artifacts, created)
    if (trainingConfig) compile(model, trainingConfig)
    if (userDefinedMetadata) model.setUserDefinedMetadata(userDefinedMetadata)
    await assignWeights(model, artifacts)
    return model
  } catch (error) {
    model?.optimizer?.dispose()
    for (const weight of created) weight.dispose()
    throw error
  }
}

/**
 * Creates the layers without their values.
 *
 * TensorFlow.js does so between reading `modelTopology` and `trainingConfig`, without giving control to others. In between, the weights
 * are counted and collected. That it finds weights before it lets the layers skip their random values, and that it finds none after it
 * leaves them to {@link assignWeights}.
 */
async function createLayers(artifacts: tf.io.ModelArtifacts, created: LayerVariable[]): Promise<tfl.LayersModel> {
  const { weightSpecs = [] } = artifacts
  const layer = tfl.layers.Layer.prototype as unknown as { addWeight: AddWeight }
  const { addWeight } = layer
  let isBuilt = false
  let numbersLeft = weightSpecs.reduce((sum, { shape }) => sum + countElements(shape), 0)
  const countedAddWeight: AddWeight = function (name, shape, ...rest) {
    numbersLeft -= countElements(shape)
    if (!(numbersLeft >= 0)) throw new Error(`weight ${name} of layer ${this.name} has more numbers than the file`)
    const weight = addWeight.call(this, name, shape, ...rest)
    created.push(weight)
    return weight
  }
  const restore = (): void => {
    if (layer.addWeight === countedAddWeight) layer.addWeight = addWeight
  }
  const observed: tf.io.ModelArtifacts = Object.create(artifacts, {
    modelTopology: {
      get: () => {
        layer.addWeight = countedAddWeight
        return artifacts.modelTopology
      },
    },
    trainingConfig: {
      get: () => {
        isBuilt = true
        restore()
        return undefined
      },
    },
    weightData: { get: () => (isBuilt ? undefined : artifacts.weightData) },
  })
  try {
    return await tfl.loadLayersModel({ load: async () => observed })
  } finally {
    restore()
  }
}

/** Restores loss, metrics and optimizer. */
function compile(model: tfl.LayersModel, config: tf.io.TrainingConfig): void {
  // The optimizer has variables before it belongs to the model.
  disposeVariablesOnError(() =>
    model.loadTrainingConfig(config as Parameters<tfl.LayersModel['loadTrainingConfig']>[0]),
  )
}

async function assignWeights(
  model: tfl.LayersModel,
  { weightData, weightSpecs = [] }: tf.io.ModelArtifacts,
): Promise<void> {
  const tensors = tf.tidy(() => tf.io.decodeWeights(weightData as tf.io.WeightData, weightSpecs))
  try {
    const [optimizerWeights, modelWeights] = [true, false].map((isOptimizer) =>
      weightSpecs
        .filter(({ group }) => (group === 'optimizer') === isOptimizer)
        .map(({ name }) => ({ name, tensor: tensors[name] as tf.Tensor })),
    ) as [NamedTensor[], NamedTensor[]]
    model.loadWeights(Object.fromEntries(modelWeights.map(({ name, tensor }) => [name, tensor])), true)
    if (model.optimizer && optimizerWeights.length > 0) await model.optimizer.setWeights(optimizerWeights)
  } finally {
    tf.dispose(tensors)
  }
}

function countElements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}
