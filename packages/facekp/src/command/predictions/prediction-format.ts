/** The forms of predictions. */
export const PREDICTION_FORMATS = ['jsonl', 'coco', 'csv', 'images'] as const

export type PredictionFormat = (typeof PREDICTION_FORMATS)[number]
