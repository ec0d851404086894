import { isFacekpError } from '@facekp/core'
import {
  createFaceRecords,
  parseCoco,
  parseCsv,
  parseCvat,
  parseImglab,
  parseLabelme,
  parseLabelStudio,
  parsePts,
  parseWflw,
  parseYoloPose,
  parseYoloPoseConfig,
} from '@facekp/data-formats'
import { parseFrames, parseSubmission } from '@facekp/data-ibug'
import { parseAsf } from '@facekp/data-imm'
import { decodeImage } from '@facekp/image'
import { readTensors } from '@facekp/weights'
import { expect, test } from '@jest/globals'

// The work of a reader grows with the length of its input, whatever the input is. Processor time, not the clock's, is measured, and
// each growth by 8 may take 24 times as long; work that is quadratic takes 64 times.
const FACTOR = 8
const LIMIT = 24
/** Milliseconds below which a time says nothing. */
const MEASURABLE_MS = 40
const START = 40
const MAX_LENGTH = 500_000

interface Case {
  /** Makes an input that grows with `count`. */
  readonly make: (count: number) => string
  readonly read: (text: string) => unknown
}

const repeat = (count: number, make: (index: number) => string, separator = ''): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(separator)
const digits = (count: number): string => '1'.repeat(count)
const point = (i: number): string => `{"label":"p${i}","points":[[1,2]],"shape_type":"point","flags":{}}`
const labelme = (shapes: string): string => `{"imagePath":"a.jpg","imageWidth":9,"imageHeight":9,"shapes":[${shapes}]}`
const labelStudio = (results: string): string => `[{"data":{"image":"a.jpg"},"annotations":[{"result":[${results}]}]}]`
const keypoint = (i: number, rest = ''): string =>
  `{"id":"k${i}","type":"keypointlabels","original_width":9,"original_height":9,"value":{"x":1,"y":2,"keypointlabels":["p${i}"]}${rest}}`
const relation = (i: number): string => `{"type":"relation","from_id":"k${i + 1}","to_id":"k${i}"}`
const coco = (faces: number, names: number): string =>
  JSON.stringify({
    images: Array.from({ length: faces }, (_, id) => ({ id, file_name: `${id}.jpg`, width: 9, height: 9 })),
    annotations: Array.from({ length: faces }, (_, id) => ({
      image_id: id,
      category_id: 1,
      keypoints: Array(3 * names).fill(1),
    })),
    categories: [{ id: 1, name: 'face', keypoints: Array.from({ length: names }, (_, i) => `p${i}`) }],
  })
const yoloConfig = parseYoloPoseConfig('path: .\ntrain: a\nkpt_shape: [1, 3]\nnames: [face]\n')
const parse = (text: string): unknown => JSON.parse(text)
const toRecords = (annotations: Parameters<typeof createFaceRecords>[0]): unknown =>
  createFaceRecords(annotations, { file: 'a' })
const readWeights = (text: string): unknown => readTensors(Buffer.from(text, 'latin1'))
const safetensors = (header: string): string => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return `${length.toString('latin1')}${header}`
}

const CASES: Readonly<Record<string, Case>> = {
  '.pts of digits': { make: digits, read: (text) => parsePts(`version: 1\nn_points: 1\n{\n${text} x\n}`) },
  '.pts of lines': {
    make: (n) => `version: 1\nn_points: ${n}\n{\n${repeat(n, () => '1 2\n')}}`,
    read: (text) => parsePts(text),
  },
  '.asf of digits': { make: digits, read: (text) => parseAsf(`1\n0 4 ${text}x 0 0 0 0\na.jpg`) },
  '.asf of points': {
    make: (n) => `${n}\n${repeat(n, (i) => `0 4 0.5 0.5 ${i} 0 0\n`)}a.jpg`,
    read: (text) => parseAsf(text),
  },
  '.asf of spaces': { make: (n) => `1\n0 4${' '.repeat(n)}\na.jpg`, read: (text) => parseAsf(text) },
  'imglab of digits': {
    make: digits,
    read: (text) =>
      parseImglab(
        `<dataset><images><image file="a"><box left="1" top="${text}x" width="3" height="3"/></image></images></dataset>`,
      ),
  },
  'imglab of boxes': {
    make: (n) =>
      `<dataset><images>${repeat(n, (i) => `<image file="${i}"><box top="1" left="1" width="3" height="3"><part name="a" x="1" y="1"/></box></image>`)}</images></dataset>`,
    read: (text) => toRecords(parseImglab(text)),
  },
  'imglab of points': {
    make: (n) =>
      `<dataset><images><image file="a"><box top="1" left="1" width="3" height="3">${repeat(n, (i) => `<part name="${i}" x="1" y="1"/>`)}</box></image></images></dataset>`,
    read: (text) => toRecords(parseImglab(text)),
  },
  'imglab of attributes': {
    make: (n) => `<dataset ${repeat(n, (i) => `a${i}="" `)}><images></images></dataset>`,
    read: (text) => parseImglab(text),
  },
  'CVAT of skeletons': {
    make: (n) =>
      `<annotations>${repeat(n, (i) => `<image id="${i}" name="${i}.jpg" width="9" height="9"><skeleton label="f"><points label="p" points="1,2" occluded="0" outside="0"/></skeleton></image>`)}</annotations>`,
    read: (text) => toRecords(parseCvat(text)),
  },
  'CVAT of frames': {
    make: (n) =>
      `<annotations><track id="0">${repeat(n, (i) => `<skeleton label="f" frame="${i}" outside="0"><points label="p" points="1,2" outside="0"/></skeleton>`)}</track></annotations>`,
    read: (text) => toRecords(parseCvat(text)),
  },
  'CSV of digits': { make: digits, read: (text) => parseCsv(`image,a_x,a_y\nb.jpg,${text},x\n`) },
  'CSV of images': {
    make: (n) => repeat(n, (i) => `${i}.jpg,1,2\n`),
    read: (text) => toRecords(parseCsv(`image,a_x,a_y\n${text}`)),
  },
  'CSV of columns': {
    make: (n) => `image,${repeat(n, (i) => `p${i}_x,p${i}_y`, ',')}\nb.jpg${',1'.repeat(2 * n)}\n`,
    read: (text) => toRecords(parseCsv(text)),
  },
  'CSV of points': {
    make: (n) => repeat(n, (i) => `a.jpg,0,p${i},1,2\n`),
    read: (text) => toRecords(parseCsv(`image,face,point,x,y\n${text}`)),
  },
  'CSV of quotes': { make: (n) => `image,a_x,a_y\n${'"'.repeat(n)}`, read: (text) => parseCsv(text) },
  'CSV of bad rows': { make: (n) => `image,a_x,a_y\n${'"a"b,\n'.repeat(n)}`, read: (text) => parseCsv(text) },
  'COCO of images': { make: (n) => coco(n, 1), read: (text) => toRecords(parseCoco(parse(text))) },
  'COCO of points': { make: (n) => coco(1, n), read: (text) => toRecords(parseCoco(parse(text))) },
  'labelme of points': {
    make: (n) => labelme(repeat(n, point, ',')),
    read: (text) => toRecords(parseLabelme([{ json: parse(text), file: 'a' }])),
  },
  'Label Studio of points': {
    make: (n) => labelStudio(repeat(n, (i) => keypoint(i), ',')),
    read: (text) => toRecords(parseLabelStudio(parse(text))),
  },
  'Label Studio of relations': {
    make: (n) => labelStudio(repeat(n, (i) => `${keypoint(i)},${relation(i)}`, ',')),
    read: (text) => toRecords(parseLabelStudio(parse(text))),
  },
  'WFLW of faces': { make: (n) => `${'1 '.repeat(206)}a.jpg\n`.repeat(n), read: (text) => toRecords(parseWflw(text)) },
  'YOLO-pose of labels': {
    make: (n) => '0 .5 .5 .2 .2 .1 .1 2\n'.repeat(n),
    read: (text) => toRecords(parseYoloPose(yoloConfig, [{ file: 'a', width: 5, height: 5, text }])),
  },
  'YAML of names': {
    make: (n) => `path: .\ntrain: a\nkpt_shape: [1, 3]\nnames:\n${repeat(n, (i) => `  ${i}: n${i}\n`)}`,
    read: (text) => parseYoloPoseConfig(text),
  },
  'YAML of brackets': { make: (n) => `kpt_shape: ${'['.repeat(n)}`, read: (text) => parseYoloPoseConfig(text) },
  'frames of rows': {
    make: (n) => `file,offset_x,offset_y,scale_x,scale_y\n${repeat(n, (i) => `${i}.jpg,1,2,3,4\n`)}`,
    read: (text) => parseFrames(text),
  },
  'submission of rows': {
    make: (n) => `Id,Predicted\n${repeat(136 * n, (i) => `${i},1.5\n`)}`,
    read: (text) => parseSubmission(text),
  },
  'safetensors of names': {
    make: (n) => safetensors(`{${repeat(n, (i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, ',')}}`),
    read: readWeights,
  },
  'safetensors of names, the last twice': {
    make: (n) => safetensors(`{${repeat(n, (i) => `"${Math.min(i, n - 2)}":0`, ',')}}`),
    read: readWeights,
  },
  'safetensors of brackets': { make: (n) => safetensors(`{"a":${'['.repeat(n)}`), read: readWeights },
  'pickle of marks': { make: (n) => `\x80\x02${'('.repeat(n)}.`, read: readWeights },
  'pickle of lists': { make: (n) => `\x80\x02${']q\0h\0a'.repeat(n)}.`, read: readWeights },
  'JPEG of empty segments': {
    make: (n) => `\xff\xd8${'\xff\xe1\0\x02'.repeat(n)}\xff\xd9`,
    read: (text) => decodeImage(Buffer.from(text, 'latin1')),
  },
  'PNG of empty chunks': {
    make: (n) =>
      `\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55${'\0\0\0\0tEXt\0\0\0\0'.repeat(n)}\0\0\0\0IEND\xae\x42\x60\x82`,
    read: (text) => decodeImage(Buffer.from(text, 'latin1')),
  },
}

/** Measures the least processor time of three reads, in milliseconds; of fewer, if one takes less than `enough`. */
async function measure({ read }: Case, text: string, enough = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3 && least >= enough; i++) {
    const before = process.cpuUsage()
    try {
      await read(text)
    } catch (error) {
      if (!isFacekpError(error)) throw error
    }
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

test.each(Object.entries(CASES))('%s', async (_, reader) => {
  let count = START
  let time = await measure(reader, reader.make(count))
  let next = reader.make(FACTOR * count)
  while (next.length <= MAX_LENGTH) {
    count *= FACTOR
    const text = next
    next = reader.make(FACTOR * count)
    const most = LIMIT * Math.max(time, MEASURABLE_MS / FACTOR)
    // The time of the longest text is not compared with a longer one's: that it is not too long is enough.
    const enough = next.length > MAX_LENGTH ? most : 0
    let longer = await measure(reader, text, enough)
    // The garbage of other tests may be collected meanwhile: only what is slow each time grows too fast.
    for (let again = 0; again < 2 && longer > most; again++)
      longer = Math.min(longer, await measure(reader, text, enough))
    if (longer > MEASURABLE_MS) expect(longer).toBeLessThan(most)
    time = longer
  }
  expect(count).toBeGreaterThan(START)
})
