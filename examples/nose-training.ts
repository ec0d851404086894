import { affine, brightness, compose } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import { type BackendName, useBackend } from '@facekp/backend'
import { noseNet } from '@facekp/models'
import { euclideanLoss, type TrainOptions } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import syntheticNoses from './synthetic-noses.ts'

/** Options of {@link noseTraining}. */
export type NoseOptions = {
  readonly backend: BackendName | 'auto'
  readonly epochs: number
  readonly seed: number
  /** Folder of the checkpoints. */
  readonly checkpoints: string
}

/** The training of train-in-thread.ts, set up in its thread: backend, network, and two more threads that load and augment. */
export default async function noseTraining({ backend, epochs, seed, checkpoints }: NoseOptions): Promise<TrainOptions> {
  await useBackend(backend)
  const pool = await augmentPool({
    dataset: new URL('synthetic-noses.ts', import.meta.url),
    datasetOptions: { seed, part: 'train' },
    transform: compose([affine({ degrees: 10, scale: 1.1 }), brightness({ factor: 0.2 })]),
    workers: 2,
  })
  return {
    model: noseNet({ seed, initialization: 'he' }),
    train: pool.dataset,
    loader: pool.loader,
    validation: syntheticNoses({ seed, part: 'validation' }),
    epochs,
    batchSize: 16,
    learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 20 },
    loss: euclideanLoss,
    maxGradientNorm: 1,
    seed,
    checkpoints: checkpointFolder(checkpoints),
    resume: true,
  }
}
