import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { acquireLock } from '../../internal/files/src/lock.ts'

/**
 * Keeps programs from writing a model: a training cannot end before a test kills it, however fast it is. They wait for two minutes.
 *
 * @param folder of the model, which is created
 * @returns a function that lets the programs go on
 */
export async function holdModel(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true })
  const { release } = await acquireLock(join(folder, '.write.lock'), { subject: 'the model' })
  return release
}
