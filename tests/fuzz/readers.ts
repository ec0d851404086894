import type { FuzzReader, FuzzReaders } from './fuzz-reader.ts'

// All readers of bytes and text from outside. They are loaded when they are fuzzed.
const annotations = () => import('./readers/annotations.ts')
const images = () => import('./readers/images.ts')
const archives = () => import('./readers/archives.ts')
const weights = () => import('./readers/weights.ts')
const models = () => import('./readers/models.ts')
const training = () => import('./readers/training.ts')
const landmarker = () => import('./readers/landmarker.ts')
const transforms = () => import('./readers/transforms.ts')

export const READERS: FuzzReaders = {
  coco: load(annotations, 'coco'),
  yoloPoseConfig: load(annotations, 'yoloPoseConfig'),
  yoloPoseLabels: load(annotations, 'yoloPoseLabels'),
  cvat: load(annotations, 'cvat'),
  labelme: load(annotations, 'labelme'),
  labelStudio: load(annotations, 'labelStudio'),
  imglab: load(annotations, 'imglab'),
  pts: load(annotations, 'pts'),
  wflw: load(annotations, 'wflw'),
  csv: load(annotations, 'csv'),
  asf: load(annotations, 'asf'),
  frames: load(annotations, 'frames'),
  submission: load(annotations, 'submission'),
  jpeg: load(images, 'jpeg'),
  png: load(images, 'png'),
  pngFile: load(images, 'pngFile'),
  bmp: load(images, 'bmp'),
  webp: load(images, 'webp'),
  gif: load(images, 'gif'),
  tiff: load(images, 'tiff'),
  avif: load(images, 'avif'),
  tar: load(archives, 'tar'),
  gzippedTar: load(archives, 'gzippedTar'),
  gzip: load(archives, 'gzip'),
  safetensors: load(weights, 'safetensors'),
  torchZip: load(weights, 'torchZip'),
  torchLegacy: load(weights, 'torchLegacy'),
  tfjsManifest: load(weights, 'tfjsManifest'),
  shardIndex: load(weights, 'shardIndex'),
  modelTopology: load(models, 'modelTopology'),
  modelWeights: load(models, 'modelWeights'),
  checkpoint: load(training, 'checkpoint'),
  sealedCheckpoint: load(training, 'sealedCheckpoint'),
  runManifest: load(training, 'runManifest'),
  settings: load(training, 'settings'),
  summary: load(training, 'summary'),
  errors: load(training, 'errors'),
  history: load(training, 'history'),
  landmarker: load(landmarker, 'landmarker'),
  sealedLandmarker: load(landmarker, 'sealedLandmarker'),
  transforms: load(transforms, 'transforms'),
  replayed: load(transforms, 'replayed'),
}

function load<Name extends string>(
  importModule: () => Promise<Readonly<Record<Name, FuzzReader>>>,
  name: Name,
): () => Promise<FuzzReader> {
  return async () => (await importModule())[name]
}
