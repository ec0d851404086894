import * as tf from '@tensorflow/tfjs'

interface WebgpuBackend {
  runWebGPUProgram(...args: unknown[]): unknown
}

export interface ProgramCount {
  /** Returns the number of programs since the last call. */
  take(): number
  /** Counts no longer. */
  stop(): void
}

/** Counts the programs that JavaScript records on the current backend, which is webgpu. */
export function countPrograms(): ProgramCount {
  const backend = tf.backend() as unknown as WebgpuBackend
  const { runWebGPUProgram } = backend
  let programs = 0
  backend.runWebGPUProgram = (...args) => {
    programs++
    return runWebGPUProgram.apply(backend, args)
  }
  return {
    take() {
      const counted = programs
      programs = 0
      return counted
    },
    stop() {
      backend.runWebGPUProgram = runWebGPUProgram
    },
  }
}
