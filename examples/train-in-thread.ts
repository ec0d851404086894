/**
 * Trains the nose-tip network on drawn faces in a thread of its own. This one shows a bar, hears Ctrl-C at once, and answers at
 * http://localhost:PORT how far it is.
 *
 *   pnpm train-in-thread --epochs N --seed N --engine NAME --port N --out DIR
 *
 * Leaves in its folder: history.jsonl, checkpoints/, from which it goes on when run again, and the network in model/.
 */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { useEngine } from '@facekp/backend'
import { noseNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { type EpochReport, restoreWeights, type StepReport } from '@facekp/trainer'
import { abortOnInterrupt, historyWriter, terminalProgress, trainInThread } from '@facekp/trainer/node'
import type { NoseOptions } from './lib/nose-training.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { runExample } from './lib/run.ts'

const { values } = parseArgs({
  // pnpm hands on the -- that may stand before a script's options.
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    epochs: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    engine: { type: 'string', default: 'auto' },
    port: { type: 'string', default: '8080' },
    out: { type: 'string', default: join('runs', 'train-in-thread') },
  },
})

await runExample(async () => {
  const out = await makeOutFolder(values.out)
  const options: NoseOptions = {
    engine: values.engine as NoseOptions['engine'],
    epochs: Number(values.epochs),
    seed: Number(values.seed),
    checkpoints: join(out, 'checkpoints'),
  }

  let newest: StepReport | undefined
  const server = createServer((_, response) => response.end(JSON.stringify(newest ?? null)))
  server.listen(Number(values.port), 'localhost', () => console.log(`tells how far it is: ${urlOf(server)}`))

  const interrupt = abortOnInterrupt()
  const display = terminalProgress()
  const write = historyWriter(join(out, 'history.jsonl'))
  const tell = (epoch: EpochReport): void => {
    display.onEpoch(epoch)
    write(epoch)
  }
  try {
    const result = await trainInThread({
      module: new URL('lib/nose-training.ts', import.meta.url),
      options,
      signal: interrupt.signal,
      onStep(step) {
        newest = step
        display.onStep(step)
      },
      onEpoch: tell,
      onResume: (history) => history.forEach(tell),
    })
    display.finish()
    if (result.interrupted) console.log(`Interrupted after ${result.steps} steps; run it again to go on.`)

    await useEngine('cpu')
    const model = noseNet()
    restoreWeights(model, result)
    await saveModel(model, join(out, 'model'))
    console.log(`network: ${join(out, 'model')}`)
  } finally {
    display.finish()
    interrupt.dispose()
    server.close()
  }
})

function urlOf(server: ReturnType<typeof createServer>): string {
  const address = server.address()
  return `http://localhost:${typeof address === 'object' ? address?.port : address}`
}
