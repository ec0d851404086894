import * as tf from '@tensorflow/tfjs-core'
import { type Candidate, Unavailable } from './backend.ts'
import { explainTensorflowErrors, type TensorflowBackend } from './explain-tensorflow-errors.ts'
import { type Importer, importOptional } from './load-module.ts'

type PackageName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'

/** Describes TensorFlow's C library; `@tensorflow/tfjs-node-gpu` uses CUDA 11. */
export function tfjsNode(name: PackageName, load: Importer): Candidate {
  return {
    backend: 'tensorflow',
    package: name,
    async load(choosing) {
      await loadLibrary(name, load)
      if (!(await tf.setBackend('tensorflow'))) throw new Unavailable('its library does not start', `reinstall ${name}`)
      const backend = tf.backend() as unknown as TensorflowBackend & { readonly isUsingGpuDevice?: boolean }
      explainTensorflowErrors(backend)
      if (name === '@tensorflow/tfjs-node') return 'TensorFlow on the CPU'
      if (backend.isUsingGpuDevice) return 'TensorFlow on CUDA'
      if (choosing) throw new Unavailable('finds no GPU', 'install CUDA 11.2 and cuDNN 8.1')
      return 'TensorFlow on the CPU (finds no GPU)'
    },
  }
}

/** Loads the package unless the other one has been loaded: both register the same kernels. */
async function loadLibrary(name: PackageName, load: Importer): Promise<void> {
  if (tf.findBackendFactory('tensorflow')) return
  restoreRemovedUtilities()
  try {
    await importOptional(name, load)
  } catch (error) {
    if (!(error instanceof Unavailable) || error.message === 'not installed') throw error
    throw new Unavailable(
      error.message,
      `run npm rebuild ${name}, with install scripts allowed and storage.googleapis.com reachable: its library comes from there`,
      error,
    )
  }
}

/** Puts back two functions that the package calls and Node 23 removed. */
function restoreRemovedUtilities(): void {
  const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined
  util['isArray'] ??= Array.isArray
}
