import { FacekpError } from '@facekp/core'
import { registerGradients } from '@facekp/gradients'
import * as tf from '@tensorflow/tfjs'
import { candidates } from './candidates.ts'
import {
  type Attempt,
  type Candidate,
  type Engine,
  type EngineName,
  engineChoiceSchema,
  Unavailable,
} from './engine.ts'
import { importModule } from './load-module.ts'
import { releaseDawn } from './webgpu.ts'

let current: Engine | undefined

/**
 * Makes TensorFlow.js run on an engine: the one named, or with `auto` the fastest that the machine has, in the order
 * tfjs-node-gpu, a hardware GPU through WebGPU, onnx, tfjs-node, wasm, cpu. Puts right what the engine lacks for training (wasm's
 * kernels) and, on every engine, the gradients of batch normalisation, mirror padding and nearest-neighbour resizing.
 *
 * Throws `ENGINE_UNKNOWN` for another name, and `ENGINE_UNAVAILABLE` where the one named cannot be had, with why and what
 * would help.
 *
 * @example
 * ```ts
 * const engine = await useEngine('auto')
 * console.log(`runs on ${engine.name}: ${engine.detail}`)
 * ```
 */
export async function useEngine(name: EngineName | 'auto' = 'auto'): Promise<Engine> {
  const parsed = engineChoiceSchema.safeParse(name)
  if (!parsed.success) {
    throw new FacekpError({
      code: 'ENGINE_UNKNOWN',
      problem: 'there is no such engine',
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
 * Which ways to an engine there are, which was taken, and why each faster one was left, as a table of text. Says so where
 * {@link useEngine} was not called yet.
 */
export function engineReport(): string {
  if (!current) return 'no engine was chosen yet: call useEngine'
  const rows = current.attempts.map(({ engine, package: from, outcome, detail }) => [
    outcome === 'taken' ? '->' : '',
    engine,
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
export function releaseEngine(): void {
  releaseDawn()
}

/** The first candidate that loads, of all or of those of the engine named. For tests beside {@link useEngine}. */
export async function takeFirst(all: readonly Candidate[], choice: EngineName | 'auto'): Promise<Engine> {
  const attempts: Attempt[] = []
  const reasons: string[] = []
  let taken: Attempt | undefined
  for (const { engine, package: from, load } of all) {
    const wanted = choice === 'auto' || engine === choice
    if (taken || !wanted) {
      attempts.push({ engine, package: from, outcome: 'not tried', detail: '' })
      continue
    }
    try {
      taken = { engine, package: from, outcome: 'taken', detail: await load(choice === 'auto') }
      attempts.push(taken)
    } catch (error) {
      const remedy = error instanceof Unavailable ? ` (${error.remedy})` : ''
      const detail = `${(error as Error).message}${remedy}`
      attempts.push({ engine, package: from, outcome: 'left', detail })
      reasons.push(`${from} ${detail}`)
    }
  }
  if (!taken) {
    throw new FacekpError({
      code: 'ENGINE_UNAVAILABLE',
      problem: `engine ${choice} cannot be had: ${reasons.join('; ')}`,
      expected: 'what is told in brackets, or another engine, such as auto',
    })
  }
  return { name: taken.engine, package: taken.package, detail: taken.detail, attempts }
}
