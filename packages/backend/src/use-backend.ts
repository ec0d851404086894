import { FacekpError } from '@facekp/core'
import { registerGradients } from '@facekp/gradients'
import * as tf from '@tensorflow/tfjs'
import {
  type ActiveBackend,
  type Attempt,
  type BackendName,
  backendChoiceSchema,
  type Candidate,
  Unavailable,
} from './backend.ts'
import { candidates } from './candidates.ts'
import { importModule } from './load-module.ts'
import { releaseDawn } from './webgpu.ts'

let current: ActiveBackend | undefined

/**
 * Makes TensorFlow.js run on a backend: the one named, or with `auto` the fastest that the machine has, in the order
 * tfjs-node-gpu, a hardware GPU through WebGPU, onnx, tfjs-node, wasm, cpu. Puts right what the backend lacks for training (wasm's
 * kernels) and, on every backend, the gradients of batch normalization, mirror padding and nearest-neighbor resizing.
 *
 * Throws `BACKEND_UNKNOWN` for another name, and `BACKEND_UNAVAILABLE` where the one named cannot be had, with why and what
 * would help.
 *
 * @example
 * ```ts
 * const backend = await useBackend('auto')
 * console.log(`runs on ${backend.name}: ${backend.detail}`)
 * ```
 */
export async function useBackend(name: BackendName | 'auto' = 'auto'): Promise<ActiveBackend> {
  const parsed = backendChoiceSchema.safeParse(name)
  if (!parsed.success) {
    throw new FacekpError({
      code: 'BACKEND_UNKNOWN',
      problem: 'there is no such backend',
      received: String(name),
      expected: 'auto, tensorflow, webgpu, onnx, wasm or cpu',
    })
  }
  current = await takeFirst(candidates(importModule), parsed.data)
  await tf.ready()
  registerGradients()
  return current
}

/**
 * Which ways to a backend there are, which was taken, and why each faster one was left, as a table of text. Says so where
 * {@link useBackend} was not called yet.
 */
export function describeBackends(): string {
  if (!current) return 'no backend was chosen yet: call useBackend'
  const rows = current.attempts.map(({ backend, package: from, outcome, detail }) => [
    outcome === 'taken' ? '->' : '',
    backend,
    from,
    outcome === 'left' ? `left: ${detail}` : outcome === 'taken' ? detail : outcome,
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lets go of what would keep the process from ending (WebGPU in Node). Call it when the work is done. */
export function releaseBackend(): void {
  releaseDawn()
}

/** The first candidate that loads, of all or of those of the backend named. For tests beside {@link useBackend}. */
export async function takeFirst(all: readonly Candidate[], choice: BackendName | 'auto'): Promise<ActiveBackend> {
  const attempts: Attempt[] = []
  const reasons: string[] = []
  let taken: Attempt | undefined
  for (const { backend, package: from, load } of all) {
    const wanted = choice === 'auto' || backend === choice
    if (taken || !wanted) {
      attempts.push({ backend, package: from, outcome: 'not tried', detail: '' })
      continue
    }
    try {
      taken = { backend, package: from, outcome: 'taken', detail: await load(choice === 'auto') }
      attempts.push(taken)
    } catch (error) {
      const remedy = error instanceof Unavailable ? ` (${error.remedy})` : ''
      const detail = `${(error as Error).message}${remedy}`
      attempts.push({ backend, package: from, outcome: 'left', detail })
      reasons.push(`${from} ${detail}`)
    }
  }
  if (!taken) {
    throw new FacekpError({
      code: 'BACKEND_UNAVAILABLE',
      problem: `backend ${choice} cannot be had: ${reasons.join('; ')}`,
      expected: 'what is told in brackets, or another backend, such as auto',
    })
  }
  return { name: taken.backend, package: taken.package, detail: taken.detail, attempts }
}
