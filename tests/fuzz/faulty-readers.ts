import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { blockThread } from '../support/block-thread.ts'
import type { FuzzReader, FuzzReaders } from './fuzz-reader.ts'

// Readers with one fault each, which the suite must find.
function create(read: FuzzReader['read']): () => Promise<FuzzReader> {
  // The valid input passes.
  const readMutated: FuzzReader['read'] = (bytes, folder) => {
    if (Buffer.from(bytes).toString() !== 'valid') return read(bytes, folder)
  }
  return async () => ({ inputs: [Buffer.from('valid')], read: readMutated })
}

let isFilled = false

export const READERS: FuzzReaders = {
  sound: create(() => {
    throw new FacekpError({ code: 'A', problem: 'no' })
  }),
  rawError: create(() => {
    throw new TypeError('of a reader')
  }),
  rawErrorLater: create(async () => {
    await new Promise(setImmediate)
    throw new TypeError('of a reader, later')
  }),
  crash: create(() => {
    setImmediate(() => {
      throw new TypeError('of no reader')
    })
    return new Promise(() => undefined)
  }),
  hang: create(() => {
    // As an endless loop does.
    blockThread()
  }),
  wait: create(() => new Promise(() => undefined)),
  leak: create(() => {
    tf.zeros([2])
  }),
  escape: create((_, folder) => {
    writeFileSync(join(folder, '..', 'outside'), '')
  }),
  memory: create(() => {
    // Later reads would not raise the peak again.
    if (!isFilled) Buffer.alloc(500 * 2 ** 20, 1)
    isFilled = true
  }),
}
