/** Lock of the folder of a run or a sweep. */
export const RUN_LOCK = '.run.lock'

/** Lock of a folder of checkpoints. */
export const TRAINING_LOCK = '.train.lock'

/** Files and folders that a run leaves in its folder. The first four alone show that it is a run. */
export const RUN_FILES: readonly string[] = [
  'settings.json',
  'run.json',
  'history.jsonl',
  'summary.json',
  'errors.json',
  'report.html',
  'submission.csv',
  'checkpoints',
  'plots',
  'model',
  'landmarker',
]
