export {
  ANNOTATION_FORMATS,
  type AnnotatedFace,
  type AnnotatedImage,
  type AnnotatedPoint,
  type AnnotationFormat,
  type Annotations,
  FOLDER_FORMATS,
} from './annotations/annotations.ts'
export { isImageName } from './annotations/image-extensions.ts'
export { parseNumber } from './annotations/parse-number.ts'
export {
  type CheckDatasetOptions,
  checkDataset,
  type DatasetCheck,
  type DatasetFault,
  type FaultKind,
} from './check/check-dataset.ts'
export { type ParseCocoOptions, parseCoco } from './coco/parse-coco.ts'
export { type CocoFile, serializeCoco } from './coco/serialize-coco.ts'
export { type CsvRow, parseCsvRows } from './csv/csv-rows.ts'
export { type ParseCsvOptions, parseCsv } from './csv/parse-csv.ts'
export { serializeCsv } from './csv/serialize-csv.ts'
export { parseCvat } from './cvat/parse-cvat.ts'
export { serializeCvat } from './cvat/serialize-cvat.ts'
export { createFaceRecords, type FaceRecord, type SchemeOptions } from './dataset/face-records.ts'
export { formatReport, type ReadReport } from './dataset/read-report.ts'
export { parseImglab } from './imglab/parse-imglab.ts'
export { serializeImglab } from './imglab/serialize-imglab.ts'
export { parseLabelStudio } from './label-studio/parse-label-studio.ts'
export { type LabelStudioTask, serializeLabelStudio } from './label-studio/serialize-label-studio.ts'
export { type LabelmeFile, parseLabelme } from './labelme/parse-labelme.ts'
export { type LabelmeJson, serializeLabelme } from './labelme/serialize-labelme.ts'
export { parsePts } from './pts/parse-pts.ts'
export { serializePts } from './pts/serialize-pts.ts'
export { type InferredFlipPairs, inferFlipPairs } from './schemes/infer-flip-pairs.ts'
export { type InferredScheme, inferScheme } from './schemes/infer-scheme.ts'
export { type MatchOptions, matchPoints, type PointMapping } from './schemes/match-points.ts'
export { parseWflw } from './wflw/parse-wflw.ts'
export { serializeWflw } from './wflw/serialize-wflw.ts'
export {
  parseYoloPose,
  parseYoloPoseConfig,
  type YoloPoseConfig,
  type YoloPoseLabels,
} from './yolo-pose/parse-yolo-pose.ts'
export { serializeYoloPose, serializeYoloPoseConfig } from './yolo-pose/serialize-yolo-pose.ts'
