import { dirname, isAbsolute, join } from 'node:path'
import { raceWithSignal } from '@facekp/core'
import type { AnnotationFormat } from '@facekp/data-formats'
import { type Command, Option } from 'commander'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addDataOptions, type DataFlags, readData } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { checkEnding, isFolderFormat, LABEL_FORMATS } from '../file-endings.ts'
import { usageError } from '../usage-error.ts'

interface ConvertFlags extends DataFlags {
  readonly json?: boolean
  readonly to: AnnotationFormat
  readonly writeImages?: string
  readonly overwrite?: boolean
}

/** Adds the command that writes labels in another format. */
export function defineConvert(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'convert <in> <out>',
    description: `Write labels in another format; <out> is a file, or a folder for ${LABEL_FORMATS.filter(isFolderFormat).join(', ')}`,
    example: 'facekp convert annotations.xml faces.json --to coco',
  })
  addDataOptions(command)
    .addOption(new Option('--to <format>', 'format to write').choices(LABEL_FORMATS).makeOptionMandatory())
    .option('--write-images <folder>', 'write the images too, as PNG, into this folder beside the labels')
    .option('--overwrite', 'replace files at <out>, and images in the folder of --write-images')
    .action(async (source: string, target: string, flags: ConvertFlags) => {
      context.report(flags, await convert(source, target, flags, context))
    })
}

async function convert(
  source: string,
  target: string,
  flags: ConvertFlags,
  { signal }: CommandContext,
): Promise<CommandResult> {
  const { to: format, writeImages: images } = flags
  const { formatReport } = await import('@facekp/data-formats')
  const { writeDataset } = await import('@facekp/data-formats/node')
  const kind = isFolderFormat(format) ? 'folder' : 'file'
  await checkOutput(target, { kind, ...flags })
  checkEnding({ subject: 'argument <out>', path: target, format, formats: LABEL_FORMATS })
  const folder = kind === 'folder' ? target : dirname(target)
  if (images !== undefined) {
    checkImages(images, format)
    await checkOutput(join(folder, images), { kind: 'folder', ...flags })
  }
  const dataset = await raceWithSignal(readData(source, flags), signal)
  await writeDataset(dataset, target, { format, signal, ...(images !== undefined && { images }) })
  const { report } = dataset
  return {
    text: `${formatReport(report)}\nwritten: ${target} (${format})`,
    json: { report, format, path: target },
  }
}

function checkImages(images: string, format: AnnotationFormat): void {
  if (isAbsolute(images)) throw usageError('--write-images', 'a path relative to the labels, such as images', images)
  if (format !== 'yolo-pose' || images === 'images') return
  throw usageError('--write-images', 'images for yolo-pose, which is the default', images)
}
