import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FacekpError, isFacekpError } from '@facekp/core'
import type { Checkpoint, CheckpointStore } from './checkpoint.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'
import { UNFINISHED, writeDurably } from './durable-file.ts'

const NAME = /^step-(\d+)\.safetensors$/

/**
 * Checkpoints as files in a folder, which is made: `step-00001200.safetensors`. The newest `keep` and the best are kept. Each is
 * written to a new file, brought on to the disk and renamed, so that a program killed at any moment leaves whole ones; each
 * carries a hash, and one that is damaged all the same is told and passed over for the one before it.
 *
 * `save` throws `CHECKPOINT_NOT_WRITTEN`. `latest` and `best` throw `CHECKPOINT_DAMAGED` where there are files and none is whole (or
 * the best is not there any more), and `CHECKPOINT_FORMAT` for files of another kind.
 *
 * @param options.everySteps steps from one checkpoint to the next; where absent, one after each epoch
 * @param options.keep how many of the newest are kept, default 2
 * @param options.onDamaged is told of each damaged file that is passed over; default `console.warn`
 *
 * @example
 * ```ts
 * await train({ ...settings, checkpoints: checkpointFolder('run/checkpoints', { everySteps: 500 }), resume: true })
 * ```
 */
export function checkpointFolder(
  folder: string,
  {
    everySteps,
    keep = 2,
    onDamaged = ({ message }) => console.warn(message),
  }: {
    readonly everySteps?: number
    readonly keep?: number
    readonly onDamaged?: (error: FacekpError) => void
  } = {},
): CheckpointStore {
  for (const [name, value] of Object.entries({ everySteps, keep })) {
    if (value === undefined || (Number.isInteger(value) && value > 0)) continue
    throw new FacekpError({
      code: 'CHECKPOINT_OPTION',
      problem: `option ${name} cannot be used`,
      received: String(value),
      expected: 'a whole number from 1 on',
    })
  }

  /** The steps of which there are files, the newest first. */
  const stepsKept = async (): Promise<number[]> => {
    const names = await readdir(folder).catch(noneWhereMissing)
    return names.flatMap((name) => (NAME.exec(name) ? [stepOf(name)] : [])).sort((a, b) => b - a)
  }

  const latest = async (): Promise<Checkpoint | undefined> => {
    let damaged: FacekpError | undefined
    for (const step of await stepsKept()) {
      const file = join(folder, nameOf(step))
      try {
        return decodeCheckpoint(await readFile(file), file)
      } catch (error) {
        if (!isFacekpError(error, 'CHECKPOINT_DAMAGED')) throw error
        onDamaged(error)
        damaged = error
      }
    }
    if (damaged) throw damaged
    return undefined
  }

  return {
    everySteps,
    async save(checkpoint) {
      const { step, best } = checkpoint.state
      const file = join(folder, nameOf(step))
      try {
        await mkdir(folder, { recursive: true })
        await writeDurably(file, encodeCheckpoint(checkpoint))
        // Files of later steps are damaged ones that were passed over: this training has not come that far.
        const past = (await stepsKept()).filter((kept) => kept <= step)
        const kept = new Set([...past.slice(0, keep), ...(best ? [best.step] : [])].map(nameOf))
        for (const name of await readdir(folder)) {
          if (name.endsWith(UNFINISHED) || (NAME.test(name) && !kept.has(name))) await rm(join(folder, name))
        }
      } catch (cause) {
        throw new FacekpError({
          code: 'CHECKPOINT_NOT_WRITTEN',
          problem: 'the checkpoint cannot be written',
          file,
          received: (cause as Error).message,
          cause,
        })
      }
    },
    latest,
    async best() {
      const best = (await latest())?.state.best
      if (!best) return undefined
      const file = join(folder, nameOf(best.step))
      return decodeCheckpoint(await readFile(file).catch((cause) => gone(file, cause)), file)
    },
  }
}

function gone(file: string, cause: NodeJS.ErrnoException): never {
  throw new FacekpError({
    code: 'CHECKPOINT_DAMAGED',
    problem: 'the best checkpoint cannot be read',
    file,
    received: cause.code ?? cause.message,
    expected: 'the file that was written for it',
    cause,
  })
}

function nameOf(step: number): string {
  return `step-${String(step).padStart(8, '0')}.safetensors`
}

function stepOf(name: string): number {
  return Number(NAME.exec(name)?.[1])
}

function noneWhereMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
