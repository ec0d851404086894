import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkArgument, FacekpError, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  acquireLock,
  isTemporaryFile,
  type Lock,
  makeDir,
  notReadError,
  notWrittenError,
  TRAINING_LOCK,
  writeFileAtomic,
} from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { countSchema } from '../options/option-schemas.ts'
import type { Checkpoint, CheckpointStore } from './checkpoint.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'

const NAME = /^step-(\d+)\.safetensors$/

/** Options of {@link checkpointFolder}. */
export interface CheckpointFolderOptions {
  /** Steps between checkpoints (default: one after each epoch). */
  readonly everySteps?: number | undefined
  /** Number of the newest checkpoints that are kept, at least 1 (default 2). The best one is kept too. */
  readonly keep?: number | undefined
  /** Handles the error of each damaged file that is skipped (default: `console.warn` of its message). */
  readonly onDamaged?: ((error: FacekpError) => void) | undefined
}

const optionsSchema = z.strictObject({
  everySteps: z.optional(countSchema),
  keep: z._default(countSchema, 2),
  onDamaged: z.optional(z.custom<(error: FacekpError) => void>((value) => typeof value === 'function', 'a function')),
})

/**
 * Stores checkpoints as files `step-00001200.safetensors` in a folder, which is created if it is missing. Each file is written whole
 * or not at all, so that a program killed at any moment leaves no half file, and has a hash: a damaged file is skipped for the one
 * before it. While a training runs, other trainings are refused: `.train.lock` names the program.
 *
 * @throws `CHECKPOINT_OPTION` for an invalid option. `lock` throws `LOCKED` if another training uses the folder. `save` and `lock` throw `CHECKPOINT_NOT_WRITTEN`. `latest` and `best` throw
 * `CHECKPOINT_DAMAGED` if all files are damaged or the best one is missing, and `CHECKPOINT_FORMAT` for other files.
 *
 * @example
 * ```ts
 * import { type TrainOptions, train } from '@facekp/trainer'
 * import { checkpointFolder } from '@facekp/trainer/node'
 *
 * export function trainOrResume(options: TrainOptions) {
 *   return train({ ...options, checkpoints: checkpointFolder('run/checkpoints', { everySteps: 500 }), resume: true })
 * }
 * ```
 */
export function checkpointFolder(folder: string, options: CheckpointFolderOptions = {}): CheckpointStore {
  checkArgument(KINDS.path, folder, 'folder', 'checkpointFolder')
  const { everySteps, keep, onDamaged } = parseOptions({
    schema: optionsSchema,
    value: options,
    code: 'CHECKPOINT_OPTION',
    name: 'checkpointFolder',
  })
  const getFile = (step: number): string => join(folder, getName(step))

  const latest = async (): Promise<Checkpoint | undefined> => {
    let damaged: FacekpError | undefined
    for (const step of await listSteps(folder)) {
      const file = getFile(step)
      try {
        return decodeCheckpoint(await readFile(file), file)
      } catch (error) {
        if (!isFacekpError(error, 'CHECKPOINT_DAMAGED')) throw error
        if (onDamaged) onDamaged(error)
        else console.warn(error.message)
        damaged = error
      }
    }
    if (damaged) throw damaged
    return undefined
  }

  return {
    everySteps,
    lock: () => lockFolder(folder),
    async save(checkpoint) {
      const { step, best } = checkpoint.state
      await writeFileAtomic(getFile(step), encodeCheckpoint(checkpoint), 'CHECKPOINT_NOT_WRITTEN')
      await removeOldFiles(folder, { step, keep, bestStep: best?.step }).catch((cause) => {
        throw notWrittenError(folder, cause, { code: 'CHECKPOINT_NOT_WRITTEN', kind: 'folder' })
      })
    },
    latest,
    async best() {
      const best = (await latest())?.state.best
      if (!best) return undefined
      const file = getFile(best.step)
      const bytes = await readFile(file).catch((cause) => {
        throw bestMissingError(file, cause)
      })
      return decodeCheckpoint(bytes, file)
    },
  }
}

async function lockFolder(folder: string): Promise<Lock> {
  try {
    await makeDir(folder)
    const subject = 'the folder of the checkpoints'
    return await acquireLock(join(folder, TRAINING_LOCK), { subject, isTakenFromThreads: true })
  } catch (error) {
    throw isFacekpError(error)
      ? error
      : notWrittenError(folder, error, { code: 'CHECKPOINT_NOT_WRITTEN', kind: 'folder' })
  }
}

/** Lists the steps that have a file, the newest first. */
async function listSteps(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    const expected = 'a folder, or a path where one can be made'
    throw notReadError(folder, error, { code: 'CHECKPOINT_FORMAT', kind: 'folder of the checkpoints', expected })
  })
  const steps = names.flatMap((name) => {
    const match = NAME.exec(name)
    return match ? [Number(match[1])] : []
  })
  return steps.sort((a, b) => b - a)
}

/** Removes all checkpoints but the newest and the best, and what interrupted writes left. */
async function removeOldFiles(
  folder: string,
  { step, keep, bestStep }: { readonly step: number; readonly keep: number; readonly bestStep: number | undefined },
): Promise<void> {
  // Files of later steps are damaged ones that were skipped: this training has not reached them yet.
  const past = (await listSteps(folder)).filter((other) => other <= step)
  const names = new Set(past.slice(0, keep).map(getName))
  if (bestStep !== undefined) names.add(getName(bestStep))
  for (const name of await readdir(folder)) {
    if (isTemporaryFile(name) || (NAME.test(name) && !names.has(name))) await rm(join(folder, name))
  }
}

function getName(step: number): string {
  return `step-${String(step).padStart(8, '0')}.safetensors`
}

function bestMissingError(file: string, cause: NodeJS.ErrnoException): FacekpError {
  return new FacekpError({
    code: 'CHECKPOINT_DAMAGED',
    problem: 'the best checkpoint cannot be read',
    file,
    received: cause.code ?? cause.message,
    expected: 'the file that was written for it',
    cause,
  })
}
