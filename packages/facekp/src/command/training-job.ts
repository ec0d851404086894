import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FacekpError, type FacekpErrorDetails, type Json } from '@facekp/core'

/** Arguments of the job of a training. */
export interface TrainingJob {
  /** Working folder, with the `facekp.json` of the project if there is one. */
  readonly cwd: string
  /** Arguments of `facekp train`. */
  readonly args: readonly string[]
  /** Folder of the run. */
  readonly out: string
}

const BIN = fileURLToPath(new URL(`../bin${extname(import.meta.url)}`, import.meta.url))

/** Locks of a run folder. */
const LOCKS = ['.run.lock', 'checkpoints/.train.lock']

/**
 * Does one training of a sweep, as a job of `@facekp/jobs`: `facekp train`, which goes on from the checkpoint in its folder. It is a process
 * of its own, so that a crash of native code fails one training only, and its memory is returned.
 */
export default async function runTrainingJob(value: Json): Promise<Json> {
  const { cwd, args, out } = value as unknown as TrainingJob
  removeForeignLocks(out)
  const output = await runTrain(args, cwd)
  const { summary } = JSON.parse(output) as {
    readonly summary: { readonly epochs: number; readonly valErrorPx: number }
  }
  return { out, epochs: summary.epochs, valErrorPx: summary.valErrorPx }
}

/** Removes the locks of other machines: that this job runs here means that they are lost. */
function removeForeignLocks(out: string): void {
  for (const path of LOCKS.map((name) => join(out, name)).filter(existsSync)) {
    const [, host] = /"host":"([^"]*)"/.exec(readFileSync(path, 'utf8')) ?? []
    if (host !== undefined && host !== hostname()) rmSync(path, { force: true })
  }
}

function runTrain(args: readonly string[], cwd: string): Promise<string> {
  const command = [...process.execArgv, BIN, 'train', ...args, '--json', '--resume']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { cwd, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error) reject(trainingError(stdout, stderr))
      else resolve(stdout.trim().split('\n').at(-1) as string)
    })
  })
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
