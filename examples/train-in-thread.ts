/**
 * Trains the nose-tip network on synthetic faces in a separate thread. The main thread shows a progress bar, reacts to Ctrl-C at once
 * and serves the progress at http://localhost:PORT. Options: pnpm train-in-thread --help
 *
 * Leaves in its folder: history.jsonl, model/ and checkpoints/, from which it continues when it is run again.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { noseNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import * as run from '@facekp/recipes/node'
import { restoreWeights, type StepReport } from '@facekp/trainer'
import { trainInThread } from '@facekp/trainer/node'
import * as z from 'zod'
import type { NoseOptions } from './nose-training.ts'

await run.runProgram(async () => {
  const { out, port, ...settings } = run.parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm train-in-thread: trains the nose-tip network in a separate thread',
    options: {
      epochs: { schema: run.wholeNumber(1).default(40), value: 'N', help: 'default: 40' },
      seed: run.trainOptions.seed,
      backend: run.trainOptions.backend,
      port: { schema: run.wholeNumber(0).default(8080), value: 'N', help: '0 for a free port (default: 8080)' },
      out: { schema: z.string().default(join('runs', 'train-in-thread')), value: 'DIR', help: 'folder of the run' },
    },
  })
  await run.openRunDir(out, { resume: true })
  const options: NoseOptions = { ...settings, checkpoints: join(out, 'checkpoints') }

  let newest: StepReport | undefined
  const server = createServer((_, response) => response.end(JSON.stringify(newest ?? null)))
  server.listen(port, 'localhost', () => {
    console.log(`progress: http://localhost:${(server.address() as AddressInfo).port}`)
  })

  const { finish, ...display } = run.trainingCallbacks(out)
  const onStep = (step: StepReport): void => {
    newest = step
  }
  try {
    const module = new URL('nose-training.ts', import.meta.url)
    const result = await trainInThread({ module, options, ...display, onStep })
    finish()
    if (result.interrupted) console.log(`Interrupted after ${result.steps} steps; run it again to continue.`)

    await useBackend('cpu')
    const model = noseNet()
    restoreWeights(model, result)
    await saveModel(model, join(out, 'model'))
    console.log(`network: ${join(out, 'model')}`)
  } finally {
    finish()
    server.close()
  }
})
