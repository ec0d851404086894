import { FacekpError } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import {
  type ActiveBackend,
  type BackendAttempt,
  type BackendName,
  backendChoiceSchema,
  type Candidate,
  Unavailable,
} from './backend.ts'
import { createNodeCandidates, createPageCandidates } from './candidates.ts'
import { importModule } from './load-module.ts'
import { registerTrainingKernels } from './training-kernels.ts'
import { releaseDawn } from './webgpu.ts'

const choiceSchema = z.object({ name: backendChoiceSchema })

let current: ActiveBackend | undefined
/** Settles when all calls so far have ended. */
let lastSelection: Promise<unknown> = Promise.resolve()

/**
 * Selects the backend of TensorFlow.js and prepares it for training.
 *
 * Adds kernels that the backend lacks (wasm, webgpu) and, on every backend, replaces incorrect or slow gradients. Of several calls at once,
 * each waits for the one before it.
 *
 * @param name a backend, or `auto` (default) for the first that loads. In Node: tfjs-node-gpu, a hardware GPU through WebGPU, onnx,
 *   tfjs-node, wasm, cpu. In a page and its workers: a hardware GPU through WebGPU or WebGL, wasm, cpu
 * @returns the backend, and every attempt
 * @throws FacekpError `BACKEND_UNKNOWN` (unknown name), `BACKEND_UNAVAILABLE` (the backend does not load; says why, and how to fix it); the
 *   active backend stays
 * @example
 * ```ts
 * const backend = await useBackend('auto')
 * console.log(`runs on ${backend.name}: ${backend.detail}`)
 * ```
 */
export async function useBackend(name: BackendName | 'auto' = 'auto'): Promise<ActiveBackend> {
  const value = { name }
  const choice = parseOptions({ schema: choiceSchema, value, code: 'BACKEND_UNKNOWN', name: 'useBackend' })
  // TensorFlow.js gives up a backend that starts if another, or the same again, is set meanwhile.
  const selection = lastSelection.then(() => selectBackend(choice.name))
  lastSelection = selection.catch(() => {})
  return selection
}

async function selectBackend(choice: BackendName | 'auto'): Promise<ActiveBackend> {
  const createCandidates = isNode() ? createNodeCandidates : createPageCandidates
  current = await loadFirst(createCandidates(importModule), choice)
  await tf.ready()
  hideBanner()
  registerTrainingKernels()
  return current
}

/** Tests for Node. Bundlers may give a page a `process`, but one without versions. */
function isNode(): boolean {
  return typeof process !== 'undefined' && typeof process.versions?.node === 'string'
}

/** Keeps the backend in plain JavaScript from printing, in Node, that another package would be faster: the choice is made here. */
function hideBanner(): void {
  const backend = tf.findBackendFactory('cpu') ? tf.findBackend('cpu') : undefined
  if (backend && 'firstUse' in backend) backend.firstUse = false
}

/** Formats a table of the backends: which one is active, and why each faster one was skipped. */
export function describeBackends(): string {
  if (!current) return 'no backend is selected: call useBackend first'
  const rows = current.attempts.map(({ backend, package: from, outcome, detail }) => [
    outcome === 'active' ? '->' : '',
    backend,
    from,
    formatOutcome(outcome, detail),
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

function formatOutcome(outcome: BackendAttempt['outcome'], detail: string): string {
  if (outcome === 'skipped') return `skipped: ${detail}`
  return outcome === 'active' ? detail : outcome
}

/** Releases WebGPU in Node, which would keep the process alive. Call it when the work is done. */
export function releaseBackend(): void {
  releaseDawn()
}

/** Loads the first available candidate of the chosen backend, or of all with `auto`. Without one, the active backend stays. */
export async function loadFirst(
  candidates: readonly Candidate[],
  choice: BackendName | 'auto',
): Promise<ActiveBackend> {
  const attempts: BackendAttempt[] = []
  const reasons: string[] = []
  let active: BackendAttempt | undefined
  const before = tf.getBackend()
  for (const { backend, package: from, load } of candidates) {
    const isRequested = choice === 'auto' || backend === choice
    if (active || !isRequested) {
      attempts.push({ backend, package: from, outcome: 'not tried', detail: '' })
      continue
    }
    try {
      active = { backend, package: from, outcome: 'active', detail: await load(choice === 'auto') }
      attempts.push(active)
    } catch (error) {
      const remedy = error instanceof Unavailable ? ` (${error.remedy})` : ''
      const detail = `${(error as Error).message}${remedy}`
      attempts.push({ backend, package: from, outcome: 'skipped', detail })
      reasons.push(`${from} ${detail}`)
    }
  }
  if (!active) {
    // TensorFlow.js has no active backend after one that does not start.
    if (before && tf.getBackend() !== before) await tf.setBackend(before)
    throw new FacekpError({
      code: 'BACKEND_UNAVAILABLE',
      problem: `backend ${choice} is unavailable`,
      received: reasons.join('; ') || `only ${[...new Set(candidates.map(({ backend }) => backend))].join(', ')} here`,
      expected: 'an installed backend: follow the hint in brackets, or choose auto',
    })
  }
  return { name: active.backend, package: active.package, detail: active.detail, attempts }
}
