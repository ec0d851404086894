import { FacekpError, isFacekpError } from '@facekp/core'
import type { AnnotatedDataset, ReadDatasetOptions } from '@facekp/data-formats/node'
import { type Command, Option } from 'commander'
import { checkNoProject, PROJECT_FILE } from './project-file.ts'

/** Options of the commands that read labeled images. */
export interface DataFlags {
  readonly images?: string
  readonly category?: string
  readonly split?: 'train' | 'val' | 'test'
  readonly orientation?: 'apply' | 'ignore'
}

/** Adds the options of {@link DataFlags}. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--images <folder>', 'folder of the images (default: that of the labels)')
    .option('--category <name>', 'COCO: category with the keypoints')
    .option('--split <name>', 'YOLO-pose: train, val or test')
    .addOption(
      new Option(
        '--orientation <how>',
        'whether points refer to images turned upright by their EXIF orientation (apply, default) or as stored (ignore)',
      ).choices(['apply', 'ignore']),
    )
}

/**
 * Reads labeled images of any format.
 *
 * @throws FacekpError `ANNOTATIONS_UNKNOWN` if the path is the file of a project; and what `readDataset` throws
 */
export async function readData(
  path: string,
  { images, category, split, orientation }: DataFlags,
  options: ReadDatasetOptions = {},
): Promise<AnnotatedDataset> {
  checkNoProject(path)
  const { readDataset } = await import('@facekp/data-formats/node')
  return readDataset(path, {
    ...options,
    ...(images !== undefined && { images }),
    ...(category !== undefined && { category }),
    ...(split !== undefined && { split }),
    ...(orientation !== undefined && { orientation }),
  })
}

/** Reads the named labels, those of the project in the working folder, or those in the working folder itself. */
export async function readNamedData(
  path: string | undefined,
  flags: DataFlags,
  options: ReadDatasetOptions = {},
): Promise<AnnotatedDataset> {
  if (path !== undefined) return readData(path, flags, options)
  const { createScheme, readProject } = await import('./project.ts')
  const project = await readProject()
  if (project === undefined) {
    return readData('.', flags, options).catch((error: unknown) => {
      throw isFacekpError(error, 'ANNOTATIONS_UNKNOWN') ? noLabelsError(error) : error
    })
  }
  const { data, images } = project
  const scheme = createScheme(project)
  return readData(data, { ...(images !== undefined && { images }), ...flags }, { scheme, ...options })
}

function noLabelsError(cause: FacekpError): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_UNKNOWN',
    file: cause.file,
    problem: 'no labels in the working folder',
    expected: `labels as [data]; or ${PROJECT_FILE}, which facekp init LABELS writes`,
    received: cause.received,
    cause,
  })
}
