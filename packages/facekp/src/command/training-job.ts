import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { FacekpError, type FacekpErrorDetails, type Json } from '@facekp/core'
import { acquireLock, RUN_LOCK, TRAINING_LOCK } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'

const schema = z.strictObject({ cwd: z.string(), args: z.array(z.string()), out: z.string() })

/** Arguments of the job of a training. */
export interface TrainingJob {
  /** Working folder, with the `facekp.json` of the project if there is one. */
  readonly cwd: string
  /** Arguments of `facekp train`. */
  readonly args: readonly string[]
  /** Folder of the run. */
  readonly out: string
}

/** Result of the job of a training. */
export interface TrainingResult {
  readonly out: string
  readonly epochs: number
  /** Error on the images that were held out. */
  readonly valErrorPx: number
}

const BIN = fileURLToPath(import.meta.resolve('../bin.js'))

/** Locks of a run folder. */
const LOCKS = [RUN_LOCK, join('checkpoints', TRAINING_LOCK)]

/**
 * Does one training of a sweep, as a job of `@facekp/jobs`: `facekp train`, which goes on from the checkpoint in its folder. It is a process
 * of its own, so that a crash of native code fails one training only, and its memory is returned. The process ends with this thread.
 *
 * @param value a {@link TrainingJob}
 * @throws FacekpError `JOB_ARGUMENTS` for another value; `JOB_RETRY` if the process was killed; the error of the training
 */
export default async function runTrainingJob(value: Json): Promise<Json> {
  const { cwd, args, out } = parseOptions({ schema, value, code: 'JOB_ARGUMENTS', name: 'the job of a training' })
  await waitForLocks(out)
  const output = await runTrain(args, cwd)
  const { summary } = JSON.parse(output) as {
    readonly summary: { readonly epochs: number; readonly valErrorPx: number }
  }
  return { out, epochs: summary.epochs, valErrorPx: summary.valErrorPx } satisfies TrainingResult
}

/** Waits until a worker that lost this job has let go of the run folder, or its machine no longer renews the locks. */
async function waitForLocks(out: string): Promise<void> {
  for (const path of LOCKS.map((name) => join(out, name)).filter(existsSync)) {
    const { release } = await acquireLock(path, { subject: `the run folder ${out}`, waitMs: Number.POSITIVE_INFINITY })
    release()
  }
}

async function runTrain(args: readonly string[], cwd: string): Promise<string> {
  const child = fork(BIN, ['train', ...args, '--json', '--resume'], { cwd, silent: true })
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [code, stdout, stderr] = await Promise.all([
    ended,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ])
  if (code !== 0) throw trainingError(stdout, stderr)
  return stdout.trim().split('\n').at(-1) as string
}

/** Creates the error of a training from what it printed. */
function trainingError(stdout: string, stderr: string): FacekpError {
  const last = stdout.trim().split('\n').at(-1) ?? ''
  const { error } = (last.startsWith('{') ? JSON.parse(last) : {}) as { readonly error?: FacekpErrorDetails }
  // A process that was killed says nothing.
  if (error === undefined) {
    const received = stderr.trim().split('\n').slice(-5).join('\n')
    return new FacekpError({ code: 'JOB_RETRY', problem: 'the training ended without a result', received })
  }
  const isFull = /ENOSPC|EDQUOT/.test(error.received ?? '')
  return new FacekpError({ ...error, code: isFull ? 'JOB_RETRY' : error.code })
}
