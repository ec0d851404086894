import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { isFacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { checkRead } from './check-read.ts'
import type { FuzzReader, FuzzReaders } from './fuzz-reader.ts'
import { applyMutations, mutatedInput } from './mutation.ts'
import type { FuzzMessage, FuzzOptions } from './run-fuzz.ts'

// Started by run-fuzz.ts: fuzzes readers one after the other and reports each read before it begins.
const { table, readers, ...options } = JSON.parse(process.argv[2] as string) as FuzzOptions
const { READERS } = (await import(table)) as { READERS: FuzzReaders }
console.warn = () => undefined
await tf.setBackend('cpu')
const root = mkdtempSync(join(tmpdir(), 'facekp-fuzz-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
for (const name of readers) {
  const reader = await (READERS[name] as () => Promise<FuzzReader>)()
  await readInputs(reader)
  report({ kind: 'end', reader: name, failure: await fuzz(name, reader) })
}
process.disconnect()

/** Reads the inputs, of which the first must be valid. Later reads use again the memory that the first one takes. */
async function readInputs(reader: FuzzReader): Promise<void> {
  const [first, ...others] = reader.inputs.map((input) => reader.seal?.(input) ?? input)
  await reader.read(first as Uint8Array, createFolder())
  for (const input of others) {
    try {
      await reader.read(input, createFolder())
    } catch (error) {
      if (!isFacekpError(error)) throw error
    }
  }
}

async function fuzz(name: string, reader: FuzzReader): Promise<string | undefined> {
  const { runs, seed, path } = options
  let run = 0
  const property = fc.asyncProperty(mutatedInput(reader), async (input) => {
    report({ kind: 'run', reader: name, run: run++ })
    await checkRead(reader, applyMutations(reader, input), createFolder())
  })
  const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
    numRuns: path === undefined ? runs : 1,
    seed,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  })
  if (!failed) return undefined
  const [input] = counterexample as [Parameters<typeof applyMutations>[1]]
  return [
    `repeat: pnpm fuzz --reader ${name} --seed ${seed} --path ${counterexamplePath}`,
    `input ${input.input}, mutations ${inspect(input.mutations, { depth: 3, breakLength: 120 })}`,
    inspect(errorInstance),
  ].join('\n')
}

/** Empties the folder beside which nothing lies. It is not made anew: removing a folder takes longer than most reads. */
function createFolder(): string {
  const parent = join(root, 'run')
  const folder = join(parent, 'folder')
  mkdirSync(folder, { recursive: true })
  const paths = [parent, folder].flatMap((path) => readdirSync(path).map((name) => join(path, name)))
  for (const path of paths) if (path !== folder) rmSync(path, { recursive: true })
  return folder
}

function report(message: FuzzMessage): void {
  process.send?.(message)
}
