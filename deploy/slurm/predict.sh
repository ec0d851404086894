#!/bin/bash
# Predicts images in the tasks of an array job, and joins the parts:
#   sbatch --array=0-7 deploy/slurm/predict.sh MODEL IMAGES OUT
#   facekp merge OUT/points-*.jsonl --out OUT/points.jsonl
# A task that failed runs again by `scontrol requeue JOB_TASK`; an array of that task alone would be another part.
#SBATCH --job-name=facekp-predict
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

if [ "$#" -ne 3 ]; then
  echo "usage: sbatch --array=0-7 $0 MODEL IMAGES OUT" >&2
  exit 2
fi
model=$1
images=$2
out=$3

mkdir -p "$out"
# A part that was interrupted goes on; one that is complete is passed over.
exec facekp predict "$model" "$images" --shard auto --out "$out/points-$SLURM_ARRAY_TASK_ID.jsonl"
