import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { checkArgument, FacekpError, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { readImageSize } from '@facekp/image/node'
import { joinSome } from '@facekp/options'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { listImagesBelow, listNames, readText } from '../dataset/read-text.ts'
import { parseYoloPose, parseYoloPoseConfig, type YoloPoseConfig, type YoloPoseLabels } from './parse-yolo-pose.ts'

/** Which part of a YOLO-pose dataset to read. */
export interface ReadYoloPoseOptions extends AnnotationReadOptions {
  /** Default `train`. */
  readonly split?: 'train' | 'val' | 'test' | undefined
}

/**
 * Reads a split of a YOLO-pose dataset by its YAML file, a sample per face. The label of `images/a.jpg` is `labels/a.txt`; an image without a label file,
 * or with an empty one, has no faces. The points have numbers unless the YAML names them (`kpt_names`); flip pairs come from `flip_idx`.
 *
 * @throws FacekpError what {@link parseYoloPose} and {@link createAnnotatedDataset} throw, `ANNOTATIONS_NOT_READ`, and `ANNOTATIONS_SPLIT` for a split that the
 * YAML does not have
 */
export async function readYoloPose(path: string, options: ReadYoloPoseOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readYoloPose')
  checkArgument(KINDS.object, options, 'options', 'readYoloPose')
  const { split = 'train', ...readOptions } = options
  const config = parseYoloPoseConfig(await readText(path), path)
  const root = await findRoot(config, path)
  const entries = config.splits[split]
  if (!entries) throw splitError(path, split, config)
  const labels: YoloPoseLabels[] = []
  const warnings: string[] = []
  for (const entry of entries) {
    const place = findPlace(root, entry)
    const images = await listImages(place, root)
    for (const image of images) labels.push(await readLabels(image, { root, readOptions }))
    warnings.push(...(await findLoneLabels(place, images)))
  }
  const annotations = parseYoloPose(config, labels)
  const source = { file: path, folder: root }
  return createAnnotatedDataset(
    { ...annotations, warnings: [...annotations.warnings, ...warnings] },
    readOptions,
    source,
  )
}

/** The YAML's `path` is relative to the YAML itself; a path that does not exist is replaced by the YAML's folder. */
async function findRoot({ path }: YoloPoseConfig, yaml: string): Promise<string> {
  const folder = dirname(yaml)
  if (path === undefined) return folder
  const root = isAbsolute(path) ? path : join(folder, path)
  return (await isExistingFolder(root)) ? root : folder
}

function isExistingFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}

/** Returns the folder or list of an entry: if it does not exist, `../train/images`, as Roboflow writes it, is `train/images`, as for Ultralytics. */
function findPlace(root: string, entry: string): string {
  const place = resolve(root, entry)
  const inner = resolve(root, entry.replace(/^\.\.[/\\]/, ''))
  return !existsSync(place) && existsSync(inner) ? inner : place
}

/** Lists the images of a folder, or of a text file with a path per line. */
async function listImages(path: string, root: string): Promise<string[]> {
  const entry = await stat(path).catch(() => undefined)
  if (!entry) {
    throw new FacekpError({
      code: 'ANNOTATIONS_NOT_READ',
      file: path,
      problem: 'the images of the split do not exist',
      expected: "a folder of images, or a text file with an image's path per line",
    })
  }
  if (!entry.isDirectory()) {
    const lines = (await readText(path)).split(/\r\n|\r|\n/)
    return lines.filter((line) => line.trim() !== '').map((line) => resolve(root, line.trim()))
  }
  return (await listImagesBelow(path)).map((name) => join(path, name))
}

/** Warns of labels in the folder of labels whose images do not exist: nothing else lists them. */
async function findLoneLabels(folder: string, images: readonly string[]): Promise<string[]> {
  const labelFolder = toLabelPath(join(folder, 'a.jpg')).slice(0, -'/a.txt'.length)
  if (labelFolder === folder || !(await isExistingFolder(folder)) || !(await isExistingFolder(labelFolder))) return []
  const expected = new Set(images.map(toLabelPath))
  const names = await listNames(labelFolder, { recursive: true })
  const lone = names
    .filter((name) => /\.txt$/i.test(name) && !/(^|[/\\])classes\.txt$/.test(name))
    .filter((name) => !expected.has(join(labelFolder, name)))
  return lone.length > 0 ? [`${labelFolder}: no image for ${lone.length} files of labels: ${joinSome(lone)}`] : []
}

async function readLabels(
  image: string,
  { root, readOptions }: { readonly root: string; readonly readOptions: AnnotationReadOptions },
): Promise<YoloPoseLabels> {
  const labelFile = toLabelPath(image)
  const text = existsSync(labelFile) ? await readText(labelFile) : ''
  return { file: relative(root, image).split(sep).join('/'), ...(await readSize(image, readOptions)), text, labelFile }
}

/** If an image is missing or damaged, reading its samples throws; reading the dataset does not. */
async function readSize(
  image: string,
  options: AnnotationReadOptions,
): Promise<Pick<YoloPoseLabels, 'width' | 'height'>> {
  try {
    return await readImageSize(image, options)
  } catch (error) {
    if (isFacekpError(error)) return {}
    throw error
  }
}

/** The last `images` folder of the path becomes `labels`, as Ultralytics finds them. */
function toLabelPath(image: string): string {
  const parts = image.slice(0, -extname(image).length).split(sep)
  const at = parts.lastIndexOf('images')
  if (at >= 0) parts[at] = 'labels'
  return `${parts.join(sep)}.txt`
}

function splitError(file: string, split: string, { splits }: YoloPoseConfig): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_SPLIT',
    file,
    problem: `option split: the file has no split ${split}`,
    expected: `one of ${Object.keys(splits).join(', ')}`,
  })
}
