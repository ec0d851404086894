/**
 * Trains the nose-tip network on drawn faces in a thread of its own. This one shows a bar, hears Ctrl-C at once, and answers at
 * http://localhost:PORT how far it is.
 *
 *   pnpm train-in-thread --epochs N --seed N --backend NAME --port N --out DIR
 *
 * Leaves in its folder: history.jsonl, checkpoints/, from which it goes on when run again, and the network in model/.
 */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { noseNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { restoreWeights, type StepReport } from '@facekp/trainer'
import { trainInThread } from '@facekp/trainer/node'
import { z } from 'zod'
import type { NoseOptions } from './lib/nose-training.ts'
import { backendOption, parseCommandLine, wholeNumber } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { runExample } from './lib/run.ts'
import { telling } from './lib/telling.ts'

const USAGE = 'pnpm train-in-thread: trains the nose-tip network in a thread of its own'

const COMMAND_LINE = {
  shape: {
    epochs: wholeNumber.pipe(z.number().positive()).default(40),
    seed: wholeNumber.pipe(z.number().nonnegative()).default(1),
    backend: backendOption,
    port: wholeNumber.pipe(z.number().min(0).max(65_535)).default(8080),
    out: z.string().default(join('runs', 'train-in-thread')),
  },
  help: `\
  --epochs N      default: 40
  --seed N        default: 1
  --backend NAME   auto (default), tensorflow, webgpu, onnx, wasm, cpu
  --port N        where it answers how far it is; 0 takes a free one (default: 8080)
  --out DIR       where the results go (default: runs/train-in-thread)`,
}

await runExample(async () => {
  const { out, port, ...settings } = parseCommandLine(process.argv.slice(2), USAGE, COMMAND_LINE)
  await makeOutFolder(out)
  const options: NoseOptions = { ...settings, checkpoints: join(out, 'checkpoints') }

  let newest: StepReport | undefined
  const server = createServer((_, response) => response.end(JSON.stringify(newest ?? null)))
  server.listen(port, 'localhost', () => console.log(`tells how far it is: ${urlOf(server)}`))

  const { finish, ...told } = telling(out)
  try {
    const result = await trainInThread({
      module: new URL('lib/nose-training.ts', import.meta.url),
      options,
      ...told,
      onStep(step) {
        newest = step
        told.onStep(step)
      },
    })
    finish()
    if (result.interrupted) console.log(`Interrupted after ${result.steps} steps; run it again to go on.`)

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

function urlOf(server: ReturnType<typeof createServer>): string {
  const address = server.address()
  return `http://localhost:${typeof address === 'object' ? address?.port : address}`
}
