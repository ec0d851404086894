import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { explainDisposal } from '../model/disposal.ts'
import { fit } from './fit.ts'
import type { TrainResult } from './reports.ts'
import type { TrainOptions } from './train-options.ts'
import { createTraining } from './training.ts'

/**
 * Trains a model on keypoints. The same seed, initial weights, data and backend give the same losses. No tensor remains but the
 * model's own.
 *
 * With `checkpoints` a training can be stopped at any moment, also by `kill -9`, and resumed by `resume: true`: on the same backend
 * with the same number of threads it ends with the same weights, bit by bit, as one that was never stopped.
 *
 * Before the first step, it checks once per backend that the gradients of TensorFlow.js are right.
 *
 * @throws `TRAIN_OPTION` for an invalid option; `TRAIN_BACKEND` if the backend computes wrong gradients, lacks kernels of training or is switched meanwhile; `DATASET_EMPTY`; `DATASET_UNLABELED`; `SAMPLE_INVALID` and
 * `KEYPOINT_COUNT` for what is no sample of the dataset; `LOSS_NOT_FINITE` and `GRADIENT_NOT_FINITE`, with the weights of the
 * step before; `WEIGHTS_NOT_FINITE` and `VALIDATION_NOT_FINITE`, with the weights of the last epoch that was finite; `CHECKPOINT_EXISTS`, `CHECKPOINT_MISMATCH`; what callbacks, the checkpoint store and `predict` throw
 *
 * @example
 * ```ts
 * import type { Dataset } from '@facekp/core'
 * import { train } from '@facekp/trainer'
 * import type { LayersModel } from '@tensorflow/tfjs'
 *
 * export async function trainModel(model: LayersModel, faces: Dataset, validation: Dataset) {
 *   const options = { epochs: 20, batchSize: 4, learningRate: 1e-4, seed: 1 }
 *   const { history } = await train({ ...options, model, train: faces, validation })
 *   return history
 * }
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkArgument(KINDS.object, options, 'options', 'train')
  const training = createTraining(options)
  try {
    return await fit(training)
  } catch (error) {
    throw explainDisposal(training.model, error) ?? error
  }
}
