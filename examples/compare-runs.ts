/**
 * Compares runs: pnpm compare RUN RUN ... --out DIR
 *
 * A RUN is the folder that a part of the course left. Leaves in its folder: report.html (open it), and the plots.
 */
import { join } from 'node:path'
import { openRunDir, parseCommandLine, readRuns, runProgram } from '@facekp/recipes/node'
import { compareRuns, writeComparison } from '@facekp/viz'
import * as z from 'zod'

const out = { schema: z.string().default(join('runs', 'comparison')), value: 'DIR', help: 'default: runs/comparison' }

await runProgram(async () => {
  const options = parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm compare RUN RUN ... [--out DIR]: compares runs; RUN is the folder of a run',
    options: { out },
    positionals: 'RUN',
  })
  const runs = await readRuns(options.positionals)
  // A comparison is quickly made anew.
  const folder = await openRunDir(options.out, { resume: true })
  await writeComparison(await compareRuns(runs), folder)
  console.log(`report: ${join(folder, 'report.html')}`)
})
