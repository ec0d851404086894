/**
 * Puts runs of the course side by side.
 *
 *   pnpm compare RUN RUN ... --out DIR
 *
 * A RUN is the folder that a part of the course left. Leaves in its folder: report.html (open it), and the plots in plots/.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FacekpError } from '@facekp/core'
import { compareRuns, writeComparison } from '@facekp/viz'
import { makeOutFolder } from './lib/out-folder.ts'
import { runExample } from './lib/run.ts'
import { readRuns } from './lib/run-folder.ts'

const USAGE = `pnpm compare RUN RUN ... [--out DIR]: puts runs side by side

  RUN         a folder that part 1, 2 or 3 of the course left
  --out DIR   where the page and its plots go (default: runs/comparison)
  --help`

await runExample(async () => {
  const { folders, out } = parseCommand(process.argv.slice(2))
  const runs = await readRuns(folders)
  const folder = await makeOutFolder(out)
  await writeComparison(await compareRuns(runs), folder)
  console.log(`report: ${join(folder, 'report.html')}`)
})

/** Prints the help and ends the process where it is asked for. Throws `OPTION_INVALID`. */
function parseCommand(args: readonly string[]): { readonly folders: readonly string[]; readonly out: string } {
  try {
    const { values, positionals } = parseArgs({
      args: args.filter((argument) => argument !== '--'),
      options: { out: { type: 'string', default: join('runs', 'comparison') }, help: { type: 'boolean' } },
      allowPositionals: true,
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    if (positionals.length === 0) throw new Error('no run is named')
    return { folders: positionals, out: values.out }
  } catch (cause) {
    const problem = (cause as Error).message.split(/\.?\s*(?:\. |\n)/)[0] as string
    throw new FacekpError({ code: 'OPTION_INVALID', problem, expected: USAGE, cause })
  }
}
