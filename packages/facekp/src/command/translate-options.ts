import { FacekpError } from '@facekp/core'

/** What errors of the packages say about their options, and what they mean on the command line. */
export const TRANSLATIONS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/or pass the folder of the images by option images: 'DIR'/, 'or --images with the folder of the images'],
  [/option images: 'DIR'/, '--images DIR'],
  [/perhaps images: '([^']*)'/, 'perhaps --images $1'],
  [/option (images|category|split|normalization|groups|redis|queue|workers)\b( of \w+)?/, '--$1'],
  [/; or missingImages: 'keep' and checkDataset, which lists them all/, '; facekp check lists them all'],
  [/; or call the reader of your format, such as readCoco/, ''],
  [/; or pass another scheme, scheme: 'infer', or option pointNames/, ''],
  [/, or the option scheme\b/, ', or the names of the points in facekp.json'],
  [/; or leave the point out by pickKeypoints/, ', or labels without the point'],
  [/pass orientation: '(apply|ignore)'/, 'use --orientation $1'],
  [
    /a scheme with a normalizationPair, or another normalization/,
    'normalizationPair in facekp.json before the fit, or another --normalization',
  ],
  [/or another normalization\b/, 'or another --normalization'],
  [/--data DIR with/, '--images DIR with'],
  [
    /; fetchImm\(\)( of @facekp\/data-imm\/node)? downloads it/,
    ', unpacked from https://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  ],
  [
    /; fetchIbug\(\)( of @facekp\/data-ibug\/node)? downloads (it|the 1\.7 GB, for research only)/,
    ', unpacked from https://dlib.net/files/data/ibug_300W_large_face_landmark_dataset.tar.gz (1.7 GB, for research only)',
  ],
  [/another backend \(useBackend\)/, 'another --backend'],
  [/or raise maxPixels of readImage or decodeImage if you trust the file/, 'a smaller copy of the image'],
  [/if readImage finds sharp/, 'if the package sharp is installed'],
]

/** Rewrites an error of the packages in the words of the command line: `--images` instead of `option images`. */
export function translateOptions(error: FacekpError): FacekpError {
  const { code, file, line, received, cause } = error
  const problem = translate(error.problem)
  const expected = error.expected === undefined ? undefined : translate(error.expected)
  if (problem === error.problem && expected === error.expected) return error
  return new FacekpError({ code, problem, file, line, expected, received, cause })
}

/** Rewrites a text of the packages in the words of the command line. */
export function translate(text: string): string {
  return TRANSLATIONS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text)
}
