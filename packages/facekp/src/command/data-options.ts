import type { AnnotatedDataset, ReadDatasetOptions } from '@facekp/data-formats/node'
import type { Command } from 'commander'

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
