import type { AnnotatedDataset, ReadDatasetOptions } from '@facekp/data-formats/node'
import type { Command } from 'commander'
import { createScheme, readProject } from './project.ts'

/** Options of the commands that read labeled images. */
export interface DataFlags {
  readonly images?: string
  readonly category?: string
  readonly split?: 'train' | 'val' | 'test'
}

/** Adds the options of {@link DataFlags}. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--images <folder>', 'folder of the images (default: that of the labels)')
    .option('--category <name>', 'COCO: category with the keypoints')
    .option('--split <name>', 'YOLO-pose: train, val or test')
}

/** Reads labeled images of any format. */
export async function readData(
  path: string,
  { images, category, split }: DataFlags,
  options: ReadDatasetOptions = {},
): Promise<AnnotatedDataset> {
  const { readDataset } = await import('@facekp/data-formats/node')
  return readDataset(path, {
    ...options,
    ...(images !== undefined && { images }),
    ...(category !== undefined && { category }),
    ...(split !== undefined && { split }),
  })
}

/** Reads the named labels, those of the project in the working folder, or those in the working folder itself. */
export async function readNamedData(
  path: string | undefined,
  flags: DataFlags,
  options: ReadDatasetOptions = {},
): Promise<AnnotatedDataset> {
  if (path !== undefined) return readData(path, flags, options)
  const project = await readProject()
  if (project === undefined) return readData('.', flags, options)
  const { data, images } = project
  const scheme = createScheme(project)
  return readData(data, { ...(images !== undefined && { images }), ...flags }, { scheme, ...options })
}
