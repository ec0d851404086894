import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isFacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import type { FuzzReader } from './fuzz-reader.ts'

/** What one read of at most a megabyte may take. */
const LIMITS = {
  /** Characters of an error. */
  messageLength: 8000,
  /** Seconds of processor time: a read takes milliseconds, one that is quadratic minutes. */
  cpuSeconds: 10,
  /** Bytes by which a read may raise the peak of the program's memory. */
  memoryBytes: 400 * 2 ** 20,
}

/**
 * Reads mutated bytes: the result must be valid or a `FacekpError` of bounded length, in bounded time and memory, without a tensor or a
 * file beside `folder` that stays.
 *
 * @throws Error that says what was wrong
 */
export async function checkRead(
  reader: Pick<FuzzReader, 'read' | 'seal'>,
  bytes: Uint8Array,
  folder: string,
): Promise<void> {
  const input = reader.seal?.(bytes) ?? bytes
  const before = { tensors: tf.memory().numTensors, cpu: process.cpuUsage(), peak: getPeak() }
  await readOrRefuse(reader, input, folder)
  const { user, system } = process.cpuUsage(before.cpu)
  const seconds = (user + system) / 1e6
  const tensors = tf.memory().numTensors - before.tensors
  const memory = getPeak() - before.peak
  const beside = readdirSync(dirname(folder)).length - 1
  const faults = [
    ...(tensors === 0 ? [] : [`${tensors} tensors were left`]),
    ...(seconds <= LIMITS.cpuSeconds ? [] : [`the read took ${seconds.toFixed(1)} s of processor time`]),
    ...(memory <= LIMITS.memoryBytes ? [] : [`the read took ${Math.round(memory / 2 ** 20)} MiB more than any before`]),
    ...(beside === 0 ? [] : [`${beside} files appeared beside the folder`]),
  ]
  if (faults.length > 0) throw new Error(faults.join('; '))
}

/** Reads bytes; throws if the reader throws anything but a short `FacekpError`. */
async function readOrRefuse({ read }: Pick<FuzzReader, 'read'>, bytes: Uint8Array, folder: string): Promise<void> {
  try {
    await read(bytes, folder)
  } catch (error) {
    if (!isFacekpError(error)) throw new Error('the error is no FacekpError', { cause: error })
    const { length } = error.message
    if (length > LIMITS.messageLength) throw new Error(`the error has ${length} characters`, { cause: error })
  }
}

/** Returns the most memory that this process has had. On Linux, `maxRSS` may be that of the larger process that started it. */
function getPeak(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  return 1024 * Number(kibibytes ?? process.resourceUsage().maxRSS)
}
