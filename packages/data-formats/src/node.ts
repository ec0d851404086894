export { readCoco } from './coco/read-coco.ts'
export { writeCoco } from './coco/write-coco.ts'
export { readCsv } from './csv/read-csv.ts'
export { writeCsv } from './csv/write-csv.ts'
export { readCvat } from './cvat/read-cvat.ts'
export { writeCvat } from './cvat/write-cvat.ts'
export type {
  AnnotatedDataset,
  AnnotatedRecord,
  AnnotationReadOptions,
  ListedImage,
} from './dataset/annotated-dataset.ts'
export type { FaceCrop } from './dataset/face-crop.ts'
export { type ReadDatasetOptions, readDataset, recognizeFormat } from './dataset/read-dataset.ts'
export type { AnnotationWriteOptions } from './dataset/write-annotations.ts'
export { type WriteDatasetOptions, writeDataset } from './dataset/write-dataset.ts'
export { readImglab } from './imglab/read-imglab.ts'
export { writeImglab } from './imglab/write-imglab.ts'
export { readLabelStudio } from './label-studio/read-label-studio.ts'
export { writeLabelStudio } from './label-studio/write-label-studio.ts'
export { readLabelme } from './labelme/read-labelme.ts'
export { writeLabelme } from './labelme/write-labelme.ts'
export { readPts } from './pts/read-pts.ts'
export { writePts } from './pts/write-pts.ts'
export { readWflw } from './wflw/read-wflw.ts'
export { writeWflw } from './wflw/write-wflw.ts'
export { type ReadYoloPoseOptions, readYoloPose } from './yolo-pose/read-yolo-pose.ts'
export { writeYoloPose } from './yolo-pose/write-yolo-pose.ts'
