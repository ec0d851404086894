/**
 * Times how synthetic faces of 640 x 480 pixels are rendered: by a pool of one thread, and by one with a thread for each core. Writes
 * synthetic.json and synthetic.md.
 *
 * Usage: pnpm bench:synthetic [--faces 120] [--rounds 5] [--out DIR], on the built packages
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const measuredSchema = z.array(
  z.object({
    threads: z.number(),
    rounds: z.array(z.object({ seconds: z.number(), processorSeconds: z.number() })),
  }),
)
const { faces, rounds, out } = parseOptions({
  faces: countOption.default(120),
  rounds: countOption.default(5),
  out: outOption,
})
const runner = fileURLToPath(new URL('lib/synthetic-runner.mjs', import.meta.url))
const output = execFileSync(process.execPath, [runner, String(faces), String(rounds)], { encoding: 'utf8' })

const results = measuredSchema.parse(JSON.parse(output)).map(({ threads, rounds: measured }) => ({
  threads,
  facesPerSecond: median(measured.map(({ seconds }) => faces / seconds)),
  processorMs: median(measured.map(({ processorSeconds }) => (1000 * processorSeconds) / faces)),
}))
writeResults(out, 'synthetic', { faces, rounds, results }, [
  '# Synthetic faces',
  '',
  `Measured by \`pnpm bench:synthetic\`: ${faces} faces of 640 x 480 pixels, rendered by the threads of an augmentPool; the rows in turn, in`,
  `${rounds} rounds; medians. The processor time of a face counts all threads, and depends little on other programs that run on the machine.`,
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['threads', 'faces a second', 'processor time of a face'],
    results.map(({ threads, facesPerSecond, processorMs }) => [
      String(threads),
      facesPerSecond.toFixed(1),
      `${processorMs.toFixed(1)} ms`,
    ]),
  ),
  '',
])
