import { formatCount } from '@facekp/options'
import { type Command, Option } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import { addDetectOptions } from '../detect-options.ts'
import { inferFormat } from '../file-endings.ts'
import { parsePositive } from '../parse-number.ts'
import type { PredictFlags } from '../predictions/prediction-flags.ts'
import { PREDICTION_FORMATS, type PredictionFormat } from '../predictions/prediction-format.ts'
import { usageError } from '../usage-error.ts'
import { addBackendOption } from '../use-landmarker.ts'

/** The options as they are on the command line. */
type ParsedFlags = Omit<PredictFlags, 'to'> & { readonly to?: PredictionFormat }

/** Adds the command that finds the points of images. */
export function definePredict(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'predict <model> <images...>',
    description:
      'Find the points of faces. <model> is the folder of a landmarker or of a run, mesh-468 or ibug-68; <images> are files, folders, globs, COCO files (.json), archives (.tar, .tgz), lists of paths (.txt), and - for a list on stdin. A command that was interrupted goes on where it stopped.',
    example: 'facekp predict my-landmarker photos --to coco --out points.json',
  })
  addDetectOptions(addBackendOption(command))
    .addOption(
      new Option(
        '--to <format>',
        'JSON lines, COCO, CSV, or drawn images (default: that of the ending of --out, such as .csv, or else jsonl)',
      ).choices(PREDICTION_FORMATS),
    )
    .option('--out <path>', 'file to write, or folder of the drawn images (default for jsonl: stdout)')
    .option('--images <folder>', 'COCO: folder of the images (default: that of the file)')
    .option(
      '--shard <i/n>',
      'only part I of N of the images, such as 3/8; auto takes the part from an array job of Slurm, Kubernetes or AWS Batch, auto/8 with this count',
    )
    .option(
      '--video',
      '<images> is the folder or glob of the frames of one video: follows faces, with ids and smoothed points',
    )
    .option('--fps <n>', 'frames a second of --video (default: 30)', parsePositive)
    .option('--overwrite', 'begin anew instead of going on')
    .action(async (model: string, paths: string[], { to, ...others }: ParsedFlags) => {
      const flags: PredictFlags = { ...others, to: to ?? inferFormat(others.out ?? '', PREDICTION_FORMATS) ?? 'jsonl' }
      if (flags.out === undefined && flags.to !== 'jsonl') throw usageError('--out', `a path for --to ${flags.to}`)
      checkVideoFlags(paths, flags)
      const { predict, predictFrames } = await import('../predictions/predict.ts')
      const run = flags.video ? predictFrames : predict
      const result = await run(model, paths, flags, context)
      if (flags.out !== undefined) context.report(flags, result)
      else context.report(flags, { ...result, isPrinted: false })
    })
}

function checkVideoFlags(paths: readonly string[], { video = false, fps, shard }: PredictFlags): void {
  if (!video && fps !== undefined) throw usageError('--fps', '--video too')
  if (!video) return
  if (shard !== undefined)
    throw usageError('--shard', 'no shard of a --video, whose faces are followed through all frames', shard)
  if (paths.length !== 1) throw usageError('--video', 'one folder or glob of frames', formatCount(paths.length, 'path'))
}
