/**
 * What anti-aliasing is good for: ResNet-18 with and without it on the 68 points of iBUG's faces in the wild. Options: pnpm antialias --help
 *
 * The defaults take two processor cores an hour and a quarter; 80 pixels take 1.2 times as long, 96 pixels 1.4 times. Leaves in its
 * folder: report.html (open it), summary.json, plots/, and a folder for each training, such as pooled-antialiased-seed1.
 */
import { join } from 'node:path'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { ANTIALIAS_HEADS } from '@facekp/recipes'
import { compareAntialiasing, parseCommandLine, runProgram, trainOptions, wholeNumber } from '@facekp/recipes/node'
import * as z from 'zod'

const seeds = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'numbers such as 1,2,3')
  .transform((text) => [...new Set(text.split(',').map(Number))])

const heads = z
  .string()
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(z.literal(ANTIALIAS_HEADS)))

await runProgram(async () => {
  const { data, backend, overwrite } = trainOptions
  const { backend: name, ...options } = parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm antialias: trains ResNet-18 with and without anti-aliasing on iBUG faces and writes a report',
    options: {
      data,
      size: { schema: wholeNumber(40).default(64), value: 'N', help: 'input side in pixels (default: 64)' },
      epochs: { schema: wholeNumber(1).default(12), value: 'N', help: 'default: 12' },
      faces: {
        schema: wholeNumber(1).optional(),
        value: 'N',
        help: 'trains on N faces, drawn at random (default: all)',
      },
      heads: {
        schema: heads.optional(),
        value: 'A,B,C',
        help: `of ${ANTIALIAS_HEADS.join(', ')} (default: pooled); heatmaps need a size that is a multiple of 32`,
      },
      seeds: { schema: seeds.default([1, 2, 3]), value: 'A,B,C', help: 'default: 1,2,3' },
      fineTunedSeeds: {
        schema: seeds.optional(),
        value: 'A,B,C',
        help: 'seeds whose networks are also trained from the weights of the trained plain network (default: none)',
      },
      backend,
      out: { schema: z.string().default(join('runs', 'antialias')), value: 'DIR', help: 'default: runs/antialias' },
      resume: { schema: z.boolean().default(false), help: 'continues the comparison in its folder, or adds seeds' },
      overwrite,
    },
  })
  await useBackend(name)
  console.log(describeBackends())
  const comparison = await compareAntialiasing(options)
  if (!comparison) console.log('--resume continues it.')
  await releaseBackend()
})
