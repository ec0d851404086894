import { FacekpError } from '@facekp/core'
import { hashId } from '@facekp/id-set'
import { usageError } from '../usage-error.ts'

/** One of `count` parts of a list of images. */
export interface Shard {
  /** From 0. */
  readonly index: number
  readonly count: number
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Tests whether an image belongs to a shard: the first 12 hexadecimal digits of the SHA-256 of its id in UTF-8, as a number modulo the
 * count, are the index. It depends neither on the other images nor on their order.
 */
export function isInShard(id: string, { index, count }: Shard): boolean {
  return Number.parseInt(hashId(id).slice(0, 12), 16) % count === index
}

const FORMS = 'I/N with I from 1 to N, such as 3/8; or auto or auto/N in an array job of Slurm, Kubernetes or AWS Batch'

/**
 * Reads a shard from the command line: `3/8` is the third of eight; `auto` takes number and count from the variables of an array job,
 * `auto/8` the number only.
 *
 * @throws FacekpError `OPTION_INVALID`, `SHARD_UNKNOWN` if the variables do not name a shard
 */
export function parseShard(text: string, environment: Environment): Shard {
  const [, number, count] = /^(auto|\d+)(?:\/(\d+))?$/.exec(text) ?? []
  if (number === undefined || (number !== 'auto' && count === undefined)) throw usageError('--shard', FORMS, text)
  const expectedCount = count === undefined ? undefined : Number(count)
  const shard =
    number === 'auto'
      ? readArrayJob(environment, expectedCount)
      : { index: Number(number) - 1, count: expectedCount as number }
  if (shard.index >= 0 && shard.index < shard.count) return shard
  throw usageError('--shard', FORMS, `${text}: shard ${shard.index + 1} of ${shard.count}`)
}

/** Reads the shard of an array job. */
function readArrayJob(environment: Environment, count: number | undefined): Shard {
  if (environment['SLURM_ARRAY_TASK_ID'] !== undefined) return readSlurmJob(environment, count)
  for (const [indexName, countName] of [
    ['AWS_BATCH_JOB_ARRAY_INDEX', 'AWS_BATCH_JOB_ARRAY_SIZE'],
    ['JOB_COMPLETION_INDEX', 'JOB_COMPLETIONS'],
  ] as const) {
    if (environment[indexName] === undefined) continue
    return { index: readNumber(environment, indexName), count: count ?? readNumber(environment, countName) }
  }
  throw new FacekpError({
    code: 'SHARD_UNKNOWN',
    problem: '--shard auto outside of an array job',
    expected:
      'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or AWS_BATCH_JOB_ARRAY_INDEX in the environment, or --shard I/N',
  })
}

/** Reads the shard of a Slurm job, whose numbers may begin anywhere and have steps. */
function readSlurmJob(environment: Environment, expectedCount: number | undefined): Shard {
  const id = readNumber(environment, 'SLURM_ARRAY_TASK_ID')
  const count = readNumber(environment, 'SLURM_ARRAY_TASK_COUNT')
  const first = environment['SLURM_ARRAY_TASK_MIN'] === undefined ? 0 : readNumber(environment, 'SLURM_ARRAY_TASK_MIN')
  const step = environment['SLURM_ARRAY_TASK_STEP'] === undefined ? 1 : readNumber(environment, 'SLURM_ARRAY_TASK_STEP')
  const index = (id - first) / step
  const isRegular = Number.isInteger(index) && index >= 0 && index < count
  if (isRegular && (expectedCount ?? count) === count) return { index, count }
  throw new FacekpError({
    code: 'SHARD_UNKNOWN',
    problem: 'the numbers of the Slurm job do not name a shard',
    expected: 'all tasks of the array in one job, such as --array=0-7; or --shard I/N with a number of your own',
    received: `task ${id} of ${count} from ${first} in steps of ${step}${expectedCount === undefined ? '' : `, --shard auto/${expectedCount}`}`,
  })
}

function readNumber(environment: Environment, name: string): number {
  const text = environment[name]
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new FacekpError({
    code: 'SHARD_UNKNOWN',
    problem: `environment variable ${name}`,
    expected:
      name.endsWith('INDEX') || name.endsWith('ID')
        ? 'a whole number'
        : 'a whole number; or the count as --shard auto/N',
    received: text ?? 'none',
  })
}
