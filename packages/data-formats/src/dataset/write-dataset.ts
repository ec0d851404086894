import type { Dataset } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { ANNOTATION_FORMATS, type AnnotationFormat } from '../annotations/annotations.ts'
import { writeCoco } from '../coco/write-coco.ts'
import { writeCsv } from '../csv/write-csv.ts'
import { writeCvat } from '../cvat/write-cvat.ts'
import { writeImglab } from '../imglab/write-imglab.ts'
import { writeLabelStudio } from '../label-studio/write-label-studio.ts'
import { writeLabelme } from '../labelme/write-labelme.ts'
import { writePts } from '../pts/write-pts.ts'
import { writeWflw } from '../wflw/write-wflw.ts'
import { writeYoloPose } from '../yolo-pose/write-yolo-pose.ts'
import type { AnnotationWriteOptions } from './write-annotations.ts'

/** Options of {@link writeDataset}. */
export interface WriteDatasetOptions extends AnnotationWriteOptions {
  readonly format: AnnotationFormat
}

const WRITERS: Readonly<
  Record<AnnotationFormat, (dataset: Dataset, path: string, options: AnnotationWriteOptions) => Promise<void>>
> = {
  coco: writeCoco,
  'yolo-pose': writeYoloPose,
  cvat: writeCvat,
  labelme: writeLabelme,
  'label-studio': writeLabelStudio,
  imglab: writeImglab,
  pts: writePts,
  wflw: writeWflw,
  csv: writeCsv,
}

const formatSchema = z.looseObject({ format: z.enum(ANNOTATION_FORMATS) })

/**
 * Writes a dataset in a format by name. See {@link AnnotationWriteOptions} for its images.
 *
 * @param path folder for the formats in `FOLDER_FORMATS`; file for the others
 * @throws FacekpError `WRITE_OPTIONS`, and what the writer of the format throws
 * @example
 * ```ts no-run
 * import { readDataset, writeDataset } from '@facekp/data-formats/node'
 *
 * await writeDataset(await readDataset('faces/annotations.xml'), 'faces.json', { format: 'coco' })
 * ```
 */
export async function writeDataset(dataset: Dataset, path: string, options: WriteDatasetOptions): Promise<void> {
  parseOptions({ schema: formatSchema, value: options, code: 'WRITE_OPTIONS', name: 'writeDataset' })
  const { format, ...writeOptions } = options
  await WRITERS[format](dataset, path, writeOptions)
}
