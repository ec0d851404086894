import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BackendName } from '@facekp/backend'
import { FacekpError } from '@facekp/core'
import type { ImageSource, Landmarker } from '@facekp/landmarker'
import { type Command, Option } from 'commander'

/** Backends of Node. */
const BACKENDS: readonly (BackendName | 'auto')[] = ['auto', 'tensorflow', 'webgpu', 'onnx', 'wasm', 'cpu']

/** Option of the commands that compute. */
export interface BackendFlags {
  readonly backend?: BackendName | 'auto'
}

/** Adds the option of {@link BackendFlags}. */
export function addBackendOption(command: Command): Command {
  return command.addOption(
    new Option('--backend <name>', 'backend of TensorFlow.js, which facekp doctor lists')
      .choices(BACKENDS)
      .default('auto'),
  )
}

/** Selects a backend for some work, and releases it afterwards. */
export async function withBackend<Result>({ backend }: BackendFlags, work: () => Promise<Result>): Promise<Result> {
  const { releaseBackend, useBackend } = await import('@facekp/backend')
  await useBackend(backend)
  try {
    return await work()
  } finally {
    releaseBackend()
  }
}

/** Loads a landmarker for some work, and frees it afterwards. */
export async function withLandmarker<Result>(
  model: string,
  flags: BackendFlags,
  work: (landmarker: Landmarker<ImageSource | string>) => Promise<Result>,
): Promise<Result> {
  return withBackend(flags, async () => {
    const { loadLandmarker } = await import('@facekp/landmarker/node')
    const landmarker = await loadLandmarker(await resolveModel(model))
    try {
      return await work(landmarker)
    } finally {
      landmarker.dispose()
    }
  })
}

/**
 * Returns the landmarker that an argument names: that of a run, a folder or a zip, or a ready one. A file or folder with the name of a ready
 * one comes first, as its path.
 */
export async function resolveModel(model: string): Promise<string> {
  const folderInRun = join(model, 'landmarker')
  if (existsSync(join(folderInRun, 'landmarker.json'))) return folderInRun
  return existsSync(model) && (await hasReadyName(model)) ? `./${model}` : model
}

/** Tests whether an argument names a landmarker that needs no training. */
export async function isReadyLandmarker(model: string): Promise<boolean> {
  return hasReadyName(await resolveModel(model))
}

async function hasReadyName(model: string): Promise<boolean> {
  const { READY_SCHEMES } = await import('@facekp/landmarker')
  return READY_SCHEMES.some((name) => name === model)
}

/**
 * Identifies a landmarker, so that its predictions are distinguished from those of others: a ready one by its name, one of a folder by the first 12
 * hexadecimal digits of the SHA-256 of its points and weights, one of a server by those of its address.
 */
export async function identifyModel(model: string): Promise<string> {
  if (await isReadyLandmarker(model)) return model
  const content = /^[a-z]+:\/\//i.test(model) ? model : await formatContent(await resolveModel(model))
  return createHash('sha256').update(content).digest('hex').slice(0, 12)
}

async function formatContent(folder: string): Promise<string> {
  const { readLandmarkerModel } = await import('@facekp/landmarker/node')
  const { scheme, predictor } = await readLandmarkerModel(folder)
  return JSON.stringify([scheme, predictor])
}

/** Returns the folder of a saved landmarker; a ready one has none. */
export async function resolveFolder(model: string): Promise<string> {
  if (!(await isReadyLandmarker(model))) return resolveModel(model)
  throw new FacekpError({
    code: 'MODEL_READY',
    problem: `${model} is a ready landmarker, which has no folder`,
    expected: 'the folder of a landmarker or of a run; or facekp export --to onnx, which takes ready ones too',
  })
}
